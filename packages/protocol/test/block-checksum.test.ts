import { describe, expect, it } from "vitest";
import { blockSchemaChecksum } from "../src/block-checksum.ts";

/** As Prefect 3.8 makes them of classes; checksums are those that it found. */
const OPTIONS = {
  properties: { a: { default: 1, title: "A", type: "integer" } },
  title: "Opt",
  type: "object",
};
const INNER = {
  block_schema_references: {},
  block_type_slug: "inner",
  properties: {
    token: { format: "password", title: "Token", type: "string", writeOnly: true, position: 0 },
    opt: { $ref: "#/definitions/Opt", default: { a: 1 }, position: 1 },
  },
  required: ["token"],
  secret_fields: ["token"],
  title: "Inner",
  type: "object",
};
const INNER_CHECKSUM = "sha256:079c06002b479352188333ee044ae1aacbce9369bd5f79c045955fd5cd34729b";
const MIDDLE = {
  block_schema_references: {
    inner: { block_schema_checksum: INNER_CHECKSUM, block_type_slug: "inner" },
  },
  block_type_slug: "mid",
  properties: { inner: { $ref: "#/definitions/Inner", position: 0 } },
  required: ["inner"],
  secret_fields: ["inner.token"],
  title: "Mid",
  type: "object",
};
const MIDDLE_CHECKSUM = "sha256:81db6e2e065470a4621183d67d45da2343b6cd101646823623227c08f405bfae";

describe("checksums of block schemas", () => {
  it("are those of Prefect", () => {
    expect(blockSchemaChecksum({ ...INNER, definitions: { Opt: OPTIONS } })).toBe(INNER_CHECKSUM);
    expect(blockSchemaChecksum({ ...MIDDLE, definitions: { Inner: INNER, Opt: OPTIONS } })).toBe(
      MIDDLE_CHECKSUM,
    );
  });

  it("do not depend on the order of members, on what is secret, and on definitions that nobody needs", () => {
    const { properties, ...others } = INNER;
    const reordered = { definitions: { Opt: OPTIONS }, properties, ...others };
    expect(blockSchemaChecksum(reordered)).toBe(INNER_CHECKSUM);
    const definitions = {
      Empty: {},
      Opt: OPTIONS,
      Other: { type: "object" },
      Mid: MIDDLE,
    };
    expect(blockSchemaChecksum({ ...INNER, secret_fields: [], definitions })).toBe(INNER_CHECKSUM);
  });

  it("write text and numbers as Python does", () => {
    const checksum = (value: unknown) => blockSchemaChecksum({ value });
    // Of the texts [[{"value": [1e-05, 1.5e-07, 0.1, 10000000000000000, true, null]}], {}] and so on.
    expect(checksum([0.00001, 1.5e-7, 0.1, 1e16, true, null])).toBe(
      "sha256:84b02620efe9a846ed285f6035afcaa53e66a99e4d33bde7632fa328f3cc43fd",
    );
    expect(checksum('größer 😀 \u007f\u2028\n"\\/')).toBe(
      "sha256:7143e4092716e4b3d406e68a507bc4cb37c658c1f6d2ad402bbc1d7c0233a372",
    );
    expect(blockSchemaChecksum({ "\u{1F600}": 1, "\uFFFD": 2, a: 3 })).toBe(
      "sha256:b8cadcf023a05af089502de874b8efa62a9b4f2963f265c7454e346e7d85c691",
    );
  });

  it("end for definitions that refer to one another", () => {
    const definitions = { A: { $ref: "#/definitions/B" }, B: { $ref: "#/definitions/A" } };
    expect(blockSchemaChecksum({ $ref: "#/definitions/A", definitions })).toMatch(/^sha256:[0-9a-f]{64}$/u);
  });
});
