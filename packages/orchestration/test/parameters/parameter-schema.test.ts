import { describe, expect, it } from "vitest";
import { findMismatch, requireMatch } from "../../src/parameters/parameter-schema.ts";

const SCHEMA = {
  type: "object",
  properties: {
    limit: { type: "integer", position: 0 },
    required: { type: "string", default: "x" },
    when: { type: "string", format: "date-time" },
    pair: { type: "array", items: [{ type: "integer" }, { type: "string" }], minItems: 2 },
    point: { $ref: "#/definitions/Point" },
  },
  required: ["limit"],
  definitions: { Point: { type: "object", properties: { x: { type: "number" } }, required: ["x"] } },
};

describe("parameters are checked by their schema", () => {
  it.each([
    [{ limit: 1 }],
    [{ limit: 1, when: "tomorrow" }],
    [{ limit: 1, when: null }],
    [{ limit: 1, pair: [1, "a"] }],
    [{ limit: 1, point: { x: 0.5 } }],
    [{ limit: 1, other: true }],
  ])("which %j fit", async (values) => {
    expect(await findMismatch(values, SCHEMA)).toBeUndefined();
  });

  it.each([
    [{}, "limit"],
    [{ limit: 1.5 }, "limit must be integer"],
    [{ limit: null }, "limit"],
    [{ limit: 1, required: null }, "required must be string"],
    [{ limit: 1, pair: ["a", 1] }, "pair.0"],
    [{ limit: 1, point: {} }, "x"],
  ])("which %j do not fit", async (values, reason) => {
    expect(await findMismatch(values, SCHEMA)).toContain(reason);
    await expect(requireMatch("The parameters", values, SCHEMA)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("which may be given later, what is required at any depth included", async () => {
    expect(await findMismatch({ point: {} }, SCHEMA, { ignoreRequired: true })).toBeUndefined();
    expect(await findMismatch({ limit: "x" }, SCHEMA, { ignoreRequired: true })).toContain("limit");
    expect(await findMismatch({ required: 1 }, SCHEMA, { ignoreRequired: true })).toContain("required");
  });

  it.each([
    [{ type: "nonsense" }],
    [{ type: "object", properties: { a: { $ref: "#/definitions/Missing" } } }],
    [{ $ref: "#" }],
    [{ $ref: "https://example.com/schema.json" }],
    [{ type: "string", pattern: "(" }],
  ])("unless the schema %j is none", async (schema) => {
    await expect(findMismatch({ a: 1 }, schema)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  const nested = (depth: number): object => (depth === 0 ? {} : { next: nested(depth - 1) });
  /** Each level can be either of two, which are the same, and the innermost is neither. */
  const fork = {
    not: { const: {} },
    properties: { next: { anyOf: [{ $ref: "#/$defs/fork" }, { $ref: "#/$defs/fork" }] } },
  };
  it.each([
    ["a pattern", { properties: { a: { pattern: "^(a+)+$" } } }, { a: `${"a".repeat(200)}!` }],
    [
      "a pattern with a look ahead",
      { properties: { a: { pattern: "^(?=(.*a){25}$)" } } },
      { a: `${"a".repeat(90)}!` },
    ],
    ["names of members", { patternProperties: { "(x+x+)+y": {} } }, { ["x".repeat(200)]: 1 }],
    ["alternatives", { $ref: "#/$defs/fork", $defs: { fork } }, nested(100)],
  ])("in bounded time, whatever %s would take", async (_what, schema, values) => {
    const before = process.cpuUsage();
    const check = findMismatch(values as Record<string, unknown>, schema);
    await expect(check).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("Simplify"),
    });
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
    expect(await findMismatch({ limit: 1 }, SCHEMA)).toBeUndefined();
  });

  it("by patterns as JSON Schema has them", async () => {
    const schema = { properties: { a: { type: "string", pattern: "^(?!x)\\p{L}+$" } } };
    expect(await findMismatch({ a: "äb" }, schema)).toBeUndefined();
    for (const a of ["xa", "a1"]) expect(await findMismatch({ a }, schema)).toContain("a must match pattern");
  });

  it("that may refer to itself as data does", async () => {
    const tree = {
      type: "object",
      properties: { children: { type: "array", items: { $ref: "#" } } },
    };
    expect(await findMismatch({ children: [{ children: [] }] }, tree)).toBeUndefined();
    expect(await findMismatch({ children: [{ children: [1] }] }, tree)).toContain("children.0.children.0");
  });
});
