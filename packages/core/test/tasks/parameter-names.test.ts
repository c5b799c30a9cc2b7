import { describe, expect, it } from "vitest";
import { parameterNames } from "../../src/tasks/parameter-names.ts";

describe("parameter names", () => {
  const cases: [label: string, fn: (...args: never[]) => unknown, names: string[]][] = [
    ["of an arrow function", (a: number, b: number) => a + b, ["a", "b"]],
    ["of an asynchronous arrow function", async (path: string) => path, ["path"]],
    [
      "of a function",
      function named(this: unknown, first: number, $second: number) {
        return first + $second;
      },
      ["first", "$second"],
    ],
    ["of a method", { method: (x: number) => x }.method, ["x"]],
    [
      "of a shorthand method",
      {
        method(one: number, two: number) {
          return one + two;
        },
      }.method,
      ["one", "two"],
    ],
    [
      "with defaults",
      (a = "x, y", b = [1, 2], c = { d: 1 }, e = (f: number): number => f) => [a, b, c, e],
      ["a", "b", "c", "e"],
    ],
    ["with a rest", (first: number, ...rest: number[]) => [first, rest], ["first", "rest"]],
    [
      "that are patterns",
      ({ a }: { a: number }, [b]: number[], c: number) => [a, b, c],
      ["arg0", "arg1", "c"],
    ],
    ["that are patterns with defaults", ({ a }: { a?: number } = {}, b = 2) => [a, b], ["arg0", "b"]],
    ["in other alphabets", (größe: number, 数: number) => größe + 数, ["größe", "数"]],
    ["that there are none of", () => 1, []],
    ["of a native function", Math.max, []],
    ["of a bound function", ((a: number) => a).bind(undefined), []],
  ];
  for (const [label, fn, names] of cases) {
    it(`are found ${label}`, () => {
      expect(parameterNames(fn)).toEqual(names);
    });
  }

  it("are found among comments and strings that look like code", () => {
    // Made from text, as a compiler leaves no comments.
    const fn: (...args: never[]) => unknown = new Function(
      "return function (a /* , not */, b = '), (', // c,\n d = `}`) {}",
    )();
    expect(parameterNames(fn)).toEqual(["a", "b", "d"]);
    const bare: (...args: never[]) => unknown = new Function("return x => x")();
    expect(parameterNames(bare)).toEqual(["x"]);
  });
});
