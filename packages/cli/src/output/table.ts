/** Tables of text. */
import { stripVTControlCharacters } from "node:util";
import { paint } from "@sluice/core";

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface TableFormat {
  /** Aligned under headings for people; otherwise tab-separated without headings, for `cut` and `awk`. */
  readonly isTerminal: boolean;
  readonly colors: boolean;
}

const GAP = "  ";

/** The table as lines, each with a newline at its end; nothing when there are no rows. */
export function formatTable({ columns, rows }: Table, format: TableFormat): string {
  const cells = rows.map((row) => row.map(onOneLine));
  if (!format.isTerminal) return cells.map((row) => `${row.join("\t")}\n`).join("");
  if (cells.length === 0) return "";
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((row) => lengthOf(row[index] ?? ""))),
  );
  const align = (row: readonly string[]): string =>
    row
      .map((cell, index) => cell + " ".repeat((widths[index] ?? 0) - lengthOf(cell)))
      .join(GAP)
      .trimEnd();
  const headings = align(columns);
  return `${[format.colors ? paint("bold", headings) : headings, ...cells.map(align)].join("\n")}\n`;
}

/** A cell stays one: what is in it can neither break a line nor colour the terminal. */
function onOneLine(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\s+/g, " ");
}

function lengthOf(text: string): number {
  return [...text].length;
}
