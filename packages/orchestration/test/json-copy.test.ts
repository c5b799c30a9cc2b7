import { InvalidRequestError } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { jsonCopy } from "../src/json-copy.ts";

describe("a copy as JSON", () => {
  it.each<[string, unknown]>([
    ["primitives", ["a", 1, -0.5, true, false, null]],
    ["nested values", { a: { b: [{ c: "ü🚰" }] }, empty: {}, list: [] }],
    ["numbers that JSON lacks", [Number.NaN, Number.POSITIVE_INFINITY, { x: Number.NEGATIVE_INFINITY }]],
    [
      "members without a value",
      { a: undefined, b: () => 1, c: Symbol("x"), d: 1, e: [undefined, () => 1, Symbol("x")] },
    ],
    [
      "values with toJSON",
      { date: new Date(0), own: { toJSON: () => ({ a: [true] }) }, gone: { toJSON: () => undefined } },
    ],
    ["sparse arrays", Object.assign(new Array(3), { 1: "x" })],
    ["members called __proto__", JSON.parse('{"__proto__":{"polluted":1},"a":{"__proto__":[1]}}')],
    ["objects without a prototype", Object.assign(Object.create(null), { a: 1 })],
    ["members on the prototype", Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } })],
  ])("is what JSON makes of %s", (_what, value) => {
    const copy = jsonCopy(value);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
    expect(copy).toEqual(JSON.parse(JSON.stringify(value)));
  });

  it("shares nothing with the original", () => {
    const original = { a: [{ b: 1 }] };
    const copy = jsonCopy(original);
    original.a[0] = { b: 2 };
    expect(copy).toEqual({ a: [{ b: 1 }] });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("refuses bigints, references to itself and depth without end", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = [cyclic];
    let deep: unknown = 1;
    for (let level = 0; level < 501; level += 1) deep = [deep];
    expect(() => jsonCopy({ n: 10n })).toThrow(InvalidRequestError);
    expect(() => jsonCopy(cyclic)).toThrow(/refers to itself/);
    expect(() => jsonCopy(deep)).toThrow(InvalidRequestError);
  });
});
