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

  it("that may refer to itself as data does", async () => {
    const tree = {
      type: "object",
      properties: { children: { type: "array", items: { $ref: "#" } } },
    };
    expect(await findMismatch({ children: [{ children: [] }] }, tree)).toBeUndefined();
    expect(await findMismatch({ children: [{ children: [1] }] }, tree)).toContain("children.0.children.0");
  });
});
