import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AesSealer } from "../../src/encryption/aes-sealer.ts";
import { keySource } from "../../src/encryption/key-source.ts";

const BLOCK = { id: "0198c0de-0000-7000-8000-000000000001", name: "secret/berlin" };

function newKey(): string {
  return randomBytes(32).toString("base64");
}

function sealerWith(keys: string): AesSealer {
  return new AesSealer(keySource({ keys }));
}

describe("sealed texts", () => {
  it("are opened with the key they name, and look different every time", () => {
    const [a, b] = [newKey(), newKey()];
    const before = sealerWith(`a:${a}`);
    const after = sealerWith(`b:${b},a:${a}`);
    for (const text of ["", "{}", "grüße 😀", "x".repeat(200_000)]) {
      const sealed = before.seal(text, BLOCK);
      expect(sealed.keyId).toBe("a");
      expect(sealed.text).toMatch(/^sealed1:a:[\w+/]+=*$/u);
      expect(before.seal(text, BLOCK).text).not.toBe(sealed.text);
      expect(before.open(sealed.text, BLOCK)).toBe(text);
      expect(after.open(sealed.text, BLOCK)).toBe(text);
      expect(after.seal(text, BLOCK).keyId).toBe("b");
    }
  });

  it("cannot be opened as another object's, nor after any byte was changed", () => {
    const sealer = sealerWith(`a:${newKey()},b:${newKey()}`);
    const { text } = sealer.seal("hunter22", BLOCK);
    const changed = Array.from({ length: 130 }, (_, index) => {
      const at = "sealed1:a:".length + index;
      return `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
    }).filter((each) => Buffer.compare(bytesOf(each), bytesOf(text)) !== 0);
    expect(changed.length).toBeGreaterThan(120);
    for (const each of [...changed, text.replace(":a:", ":b:"), text.slice(0, 60), "{}", ""]) {
      expect(() => sealer.open(each, BLOCK)).toThrow(
        expect.objectContaining({
          code: "ENCRYPTION_KEY",
          message: expect.stringContaining("secret/berlin cannot be opened"),
        }),
      );
    }
    expect(() => sealer.open(text, { ...BLOCK, id: "other" })).toThrow("cannot be opened");
  });

  it("say which block and which key when the key is missing, and when another has its name", () => {
    const { text } = sealerWith(`a:${newKey()}`).seal("hunter22", BLOCK);
    expect(() => sealerWith(`b:${newKey()}`).open(text, BLOCK)).toThrow(
      expect.objectContaining({
        code: "ENCRYPTION_KEY",
        message: expect.stringMatching(
          /secret\/berlin.*key a, which is not in SLUICE_ENCRYPTION_KEY, which has b/u,
        ),
        details: { block: "secret/berlin", blockDocumentId: BLOCK.id, keyId: "a" },
      }),
    );
    expect(() => sealerWith(`a:${newKey()}`).open(text, BLOCK)).toThrow(/secret\/berlin.*key a/u);
    const without = new AesSealer(keySource({}));
    expect(() => without.open(text, BLOCK)).toThrow("which has none");
    expect(() => without.seal("x", BLOCK)).toThrow("There is no key in SLUICE_ENCRYPTION_KEY");
  });
});

function bytesOf(sealed: string): Buffer {
  return Buffer.from(sealed.split(":")[2] ?? "", "base64");
}
