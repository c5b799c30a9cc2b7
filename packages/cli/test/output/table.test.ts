import { describe, expect, it } from "vitest";
import { formatTable } from "../../src/output/table.ts";

const table = {
  columns: ["NAME", "STATE"],
  rows: [
    ["lively-otter", "Completed"],
    ["ü", "a\nb\tc \u001b[31mred"],
  ],
};

describe("a table", () => {
  it("has headings and aligned columns on a terminal", () => {
    expect(formatTable(table, { isTerminal: true, colors: false })).toBe(
      "NAME          STATE\nlively-otter  Completed\nü             a b c red\n",
    );
  });

  it("has bold headings with colours", () => {
    const [headings] = formatTable(table, { isTerminal: true, colors: true }).split("\n");
    expect(headings).toBe("\u001b[1mNAME          STATE\u001b[22m");
  });

  it("is tab-separated values elsewhere, one row per line whatever is in it", () => {
    expect(formatTable(table, { isTerminal: false, colors: false })).toBe(
      "lively-otter\tCompleted\nü\ta b c red\n",
    );
  });

  it("without rows is nothing", () => {
    expect(formatTable({ columns: ["A"], rows: [] }, { isTerminal: true, colors: false })).toBe("");
  });
});
