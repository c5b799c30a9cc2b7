/** Tables of text. */
import { stripVTControlCharacters } from "node:util";
import { paint, type TerminalColor } from "@sluice/core";

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The colour of a cell on terminals that have colours. */
  readonly colorOf?: ((row: number, column: number) => TerminalColor | undefined) | undefined;
}

export interface TableFormat {
  /** Aligned under headings for people; otherwise tab-separated without headings, for `cut` and `awk`. */
  readonly isTerminal: boolean;
  readonly colors: boolean;
}

const GAP = "  ";

/** The table as lines, each with a newline at its end; nothing when there are no rows. */
export function formatTable({ columns, rows, colorOf }: Table, format: TableFormat): string {
  const cells = rows.map((row) => row.map(onOneLine));
  if (!format.isTerminal) return cells.map((row) => `${row.join("\t")}\n`).join("");
  if (cells.length === 0) return "";
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((row) => lengthOf(row[index] ?? ""))),
  );
  const align = (row: readonly string[], colorAt?: (column: number) => TerminalColor | undefined): string =>
    row
      .map((cell, index) => {
        const color = colorAt?.(index);
        const gap = index === row.length - 1 ? "" : " ".repeat((widths[index] ?? 0) - lengthOf(cell)) + GAP;
        return (color === undefined ? cell : paint(color, cell)) + gap;
      })
      .join("")
      .trimEnd();
  const headings = align(columns);
  const lines = cells.map((row, index) =>
    align(row, format.colors ? (column) => colorOf?.(index, column) : undefined),
  );
  return `${[format.colors ? paint("bold", headings) : headings, ...lines].join("\n")}\n`;
}

/** A cell stays one: what is in it can neither break a line nor colour the terminal. */
function onOneLine(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\s+/g, " ");
}

function lengthOf(text: string): number {
  return [...text].length;
}
