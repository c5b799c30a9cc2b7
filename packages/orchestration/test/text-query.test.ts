import { describe, expect, it } from "vitest";
import { matchesTextQuery, parseTextQuery } from "../src/text-query.ts";

describe("a text query", () => {
  it.each([
    ["", [], [], []],
    ["a b", ["a", "b"], [], []],
    ["  a   B\t c ", ["a", "b", "c"], [], []],
    ["+a -b !c d", ["d"], ["a"], ["b", "c"]],
    ['"a b" +"c d" -"e f"', ["a b"], ["c d"], ["e f"]],
    ['"say \\"hi\\" \\\\ \\n"', ['say "hi" \\ \\n'], [], []],
    ['"no end', ["no end"], [], []],
    ['"" "  " - + ! -""', [], [], []],
    ["a-b c+d e!", ["a-b", "c+d", "e!"], [], []],
    ["--a", [], [], ["-a"]],
    ['a"b c"', ['a"b', 'c"'], [], []],
    ["-5 +ÄÖ", [], ["äö"], ["5"]],
  ])("%j is parsed", (query, anyOf, allOf, noneOf) => {
    expect(parseTextQuery(query)).toEqual({ anyOf, allOf, noneOf });
  });

  it("takes long hostile text in no time", () => {
    const before = process.cpuUsage();
    for (const query of ['"'.repeat(200), '\\"'.repeat(100), `"${"\\".repeat(199)}`, "-".repeat(200)])
      parseTextQuery(query);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });

  it("finds its terms in any of the texts, each within one", () => {
    const texts = ["Connection refused", "user.logger"] as const;
    const matches = (query: string) => matchesTextQuery(parseTextQuery(query), ...texts);
    expect(matches("refused +logger")).toBe(true);
    expect(matches('"refused user"')).toBe(false);
    expect(matches("nothing LOGGER")).toBe(true);
    expect(matches("connection -user")).toBe(false);
    expect(matches("")).toBe(true);
  });
});
