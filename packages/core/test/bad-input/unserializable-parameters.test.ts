/** Arguments of flows that history cannot hold as they are: recorded as words, and the run works with what was given. */
import { describe, expect, it } from "vitest";
import { openHistory } from "../../src/api/open-history.ts";
import { flow } from "../../src/flows/flow.ts";
import { Secret } from "../../src/logging/secret.ts";
import { temporaryDirectory, withHistoryIn } from "./sqlite-history.ts";

/** What history says of the one argument `value` of a flow that was called with it, and whether the flow got it itself. */
async function recorded(value: unknown): Promise<{ shown: unknown; inexact: unknown; isSame: boolean }> {
  const run = flow({ name: "run" }, async (given: { value: unknown }) => Object.is(given.value, value));
  return withHistoryIn(await temporaryDirectory(), async () => {
    const isSame = await run({ value });
    const [wire] = await (await openHistory()).flowRuns.filter({});
    return {
      shown: wire?.parameters["value"],
      inexact: wire?.context["sluice.inexact_parameters"],
      isSame,
    };
  });
}

class Client {
  readonly host = "db";
}
const cycle: { self?: unknown } = {};
cycle.self = cycle;
const SHARED = { n: 1 };

describe("an argument that JSON cannot hold", () => {
  it.each<[string, unknown, unknown]>([
    ["a function", () => 1, "<function () => 1>"],
    ["an instance of a class", new Client(), "<Client>"],
    ["a big integer", 12n, "<bigint 12>"],
    ["a symbol", Symbol("s"), "<symbol Symbol(s)>"],
    ["a map", new Map([[1, 2]]), "<Map>"],
    ["bytes", new Uint8Array(3), "<Uint8Array>"],
    ["not a number", Number.NaN, "<number NaN>"],
    ["no date", new Date(Number.NaN), "<Date>"],
    ["a cycle", cycle, { self: "<…>" }],
    ["a secret", new Secret("hush"), "****"],
    ["a promise", Promise.resolve(1), "<Promise>"],
    ["a member of such a kind", { a: [1, () => 1] }, { a: [1, "<function () => 1>"] }],
    ["too much of it", "x".repeat(300 * 1024), "<300 kB, not kept>"],
  ])("is recorded as words: %s", async (_, value, shown) => {
    expect(await recorded(value)).toEqual({ shown, inexact: ["value"], isSame: true });
  });
});

describe("an argument that JSON holds", () => {
  it.each<[string, unknown]>([
    ["plain data", { a: [1, "b", null] }],
    ["the same object twice", [SHARED, SHARED]],
  ])("is recorded as it is: %s", async (_, value) => {
    expect(await recorded(value)).toEqual({ shown: value, inexact: [], isSame: true });
  });

  it.each<[string, unknown, unknown]>([
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["a URL", new URL("https://example.org/a"), "https://example.org/a"],
  ])(
    "in another form is recorded in that, which is not exact without a schema: %s",
    async (_, value, shown) => {
      expect(await recorded(value)).toEqual({ shown, inexact: ["value"], isSame: true });
    },
  );
});

describe("arguments that refer to themselves many times over", () => {
  it("cost what they hold, not what they unfold to", async () => {
    let value: unknown = "leaf";
    for (let level = 0; level < 18; level += 1) value = [value, value, value];
    expect(await recorded(value)).toEqual({
      shown: "<more than 256 kB, not kept>",
      inexact: ["value"],
      isSame: true,
    });
  });
});
