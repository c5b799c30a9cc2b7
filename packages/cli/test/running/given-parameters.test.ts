import { flow } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parametersOf } from "../../src/running/given-parameters.ts";

const NODE = z.object({ kind: z.enum(["leaf", "branch"]) });
const SCHEMA = z.object({
  text: z.string().optional(),
  maybeText: z.string().nullable().optional(),
  number: z.number().optional(),
  either: z.union([z.string(), z.number()]).optional(),
  list: z.array(z.string()).optional(),
  kind: z.enum(["1", "two"]).optional(),
  fixed: z.literal(5).optional(),
  node: NODE.optional(),
  anything: z.unknown().optional(),
});
const typed = flow({ name: "typed", parameters: SCHEMA }, async () => undefined);
const untyped = flow({ name: "untyped" }, async (_parameters: { a?: number }) => undefined);

const texts = (...pairs: [string, string][]) => ({ texts: new Map(pairs), object: {} });

describe("parameters on the command line", () => {
  it.each([
    ["text", "12", "12"],
    ["text", '"quoted"', '"quoted"'],
    ["text", "true", "true"],
    ["maybeText", "null", null],
    ["maybeText", "none", "none"],
    ["number", "1e3", 1000],
    ["number", "many", "many"],
    ["either", "12", 12],
    ["either", "12a", "12a"],
    ["list", '["a","b"]', ["a", "b"]],
    ["kind", "1", "1"],
    ["fixed", "5", 5],
    ["node", '{"kind":"leaf"}', { kind: "leaf" }],
    ["anything", "[1]", [1]],
    ["anything", "x=y", "x=y"],
  ])("%s=%s is read as the schema has it", (name, text, value) => {
    expect(parametersOf(typed, texts([name, text]))).toEqual({ [name]: value });
  });

  it("are JSON where it parses and text elsewhere for a flow without a schema, whatever they are called", () => {
    expect(parametersOf(untyped, texts(["a", "1"], ["b", "two"], ["c", '"3"']))).toEqual({
      a: 1,
      b: "two",
      c: "3",
    });
  });

  it("come before those of the object, which come before earlier ones", () => {
    const given = { texts: new Map([["text", "a"]]), object: { text: "b", number: 2 } };
    expect(parametersOf(typed, given, { number: 1, fixed: 5 })).toEqual({ text: "a", number: 2, fixed: 5 });
  });

  it("are checked for unknown and missing names, all at once", () => {
    const strict = flow(
      {
        name: "strict",
        parameters: z.object({ path: z.string().describe("Where it is"), limit: z.number() }),
      },
      async () => undefined,
    );
    expect(() => parametersOf(strict, texts(["pth", "x"], ["zzzzzzzz", "1"]))).toThrow(
      'Flow "strict" was called with wrong parameters: pth: there is no such parameter, did you mean path?; ' +
        "zzzzzzzz: there is no such parameter, parameters are path, limit; " +
        "path: is required (Where it is), give it with -p path=…; limit: is required, give it with -p limit=…",
    );
    expect(parametersOf(strict, texts(["limit", "1"]), { path: "/" })).toEqual({ path: "/", limit: 1 });
  });

  it("may have any name where the schema says so or names none", () => {
    const loose = flow(
      { name: "loose", parameters: z.looseObject({ a: z.number() }) },
      async () => undefined,
    );
    expect(parametersOf(loose, texts(["a", "1"], ["b", "2"]))).toEqual({ a: 1, b: 2 });
    const union = z.union([z.object({ a: z.number() }), z.object({ b: z.number() })]);
    const either = flow({ name: "either", parameters: union }, async () => undefined);
    expect(parametersOf(either, texts(["b", "2"]))).toEqual({ b: 2 });
  });

  it("are left to the flow's own validation where its schema cannot be shown", () => {
    const dated = flow({ name: "dated", parameters: z.object({ day: z.date() }) }, async () => undefined);
    expect(parametersOf(dated, texts(["dya", "2026-11-20"]))).toEqual({ dya: "2026-11-20" });
  });
});
