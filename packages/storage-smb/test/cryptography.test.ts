import { describe, expect, it } from "vitest";
import { md4 } from "../src/authentication/md4.ts";
import { aesCmac } from "../src/protocol/aes-cmac.ts";

describe("MD4", () => {
  it.each([
    ["", "31d6cfe0d16ae931b73c59d7e0c089c0"],
    ["abc", "a448017aaf21d8525fc10ae87aa6729d"],
    ["message digest", "d9130a8164549fe818874806e1c7014b"],
    [
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "e33b4ddc9c38f2199c3e7b164fcc0536",
    ],
  ])("gives the digest of %j that RFC 1320 tells", (text, digest) => {
    expect(md4(Buffer.from(text)).toString("hex")).toBe(digest);
  });
});

describe("AES-CMAC", () => {
  const key = Buffer.from("2b7e151628aed2a6abf7158809cf4f3c", "hex");
  const message =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
  it.each([
    [0, "bb1d6929e95937287fa37d129b756746"],
    [16, "070a16b46b4d4144f79bdd9dd04a287c"],
    [40, "dfa66747de9ae63030ca32611497c827"],
    [64, "51f0bebf7e3b9d92fc49741779363cfe"],
  ])("gives the code of %i bytes that RFC 4493 tells", (bytes, code) => {
    expect(aesCmac(key, Buffer.from(message, "hex").subarray(0, bytes)).toString("hex")).toBe(code);
  });
});
