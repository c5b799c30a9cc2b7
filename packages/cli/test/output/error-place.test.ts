import { describe, expect, it } from "vitest";
import { errorPlace } from "../../src/output/error-place.ts";

function withStack(error: Error, ...lines: string[]): Error {
  error.stack = [...lines].join("\n");
  return error;
}

describe("the place of an error", () => {
  it("is the frames in the user's code, without ours, installed and Node's", () => {
    const own = new URL("../../src/running/run-in-terminal.ts", import.meta.url).pathname;
    const error = withStack(
      new Error("no"),
      "Error: no",
      "    at clean (file:///home/ann/my%20flows/report.ts:7:22)",
      "    at /home/ann/flows/other.ts:1:1",
      "    at node:internal/process/task_queues:95:5",
      "    at run (/home/ann/node_modules/some/index.js:1:1)",
      `    at runInTerminal (${own}:10:3)`,
      "    at Array.map (<anonymous>)",
    );
    expect(errorPlace(error)).toEqual([
      "at clean (/home/ann/my flows/report.ts:7:22)",
      "at /home/ann/flows/other.ts:1:1",
    ]);
  });

  it("is the line of code where it cannot be parsed", () => {
    const error = withStack(
      new SyntaxError("Unexpected token"),
      "file:///home/ann/report.js:4",
      "  const = 3;",
      "        ^",
      "",
      "SyntaxError: Unexpected token",
      "    at compile (node:internal/modules:1:1)",
    );
    expect(errorPlace(error)).toEqual(["/home/ann/report.js:4", "  const = 3;", "        ^"]);
  });

  it("is unknown of values that are no errors and of errors from elsewhere", () => {
    expect(errorPlace("text")).toEqual([]);
    expect(errorPlace(withStack(new Error("x"), "Error: x", "    at node:fs:1:1"))).toEqual([]);
    expect(
      errorPlace(withStack(new SyntaxError("x"), "SyntaxError: x", "    at JSON.parse (<anonymous>)")),
    ).toEqual([]);
  });
});
