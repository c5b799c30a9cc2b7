import { describe, expect, it } from "vitest";
import { codeName, wireName } from "../../src/blocks/wire-names.ts";

describe("names of fields", () => {
  it.each([
    ["bucketName", "bucket_name"],
    ["url", "url"],
    ["awsAccessKeyId", "aws_access_key_id"],
    ["oauth2Token", "oauth2_token"],
    ["baseURL", "base_url"],
    ["sslCACert", "ssl_ca_cert"],
    ["already_so", "already_so"],
  ])("%s is %s on the wire", (name, onWire) => {
    expect(wireName(name)).toBe(onWire);
    expect(wireName(onWire)).toBe(onWire);
  });

  it("are turned back where no schema says them", () => {
    expect(["bucket_name", "a_b_c", "_private", "oauth2_token"].map(codeName)).toEqual([
      "bucketName",
      "aBC",
      "_private",
      "oauth2Token",
    ]);
  });
});
