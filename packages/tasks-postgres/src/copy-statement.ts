/** Texts of COPY, which takes no parameters. */
import { InvalidRequestError } from "@sluice/protocol";
import type { escapeLiteral } from "pg";
import { checkStatement, SqlName, type Statement } from "./statement.ts";

export interface CopyFormat {
  /** Default "csv". */
  readonly format?: "csv" | "text" | "binary" | undefined;
  /** Whether the first line has the names of the columns; csv and text only. Default: true for csv. */
  readonly header?: boolean | undefined;
  /** Between columns; default `,` for csv and a tab for text. */
  readonly delimiter?: string | undefined;
  /** What stands for null; default nothing for csv and `\N` for text. */
  readonly nullText?: string | undefined;
}

/** A table, by its name or by schema and name. */
export type TableName = string | readonly string[];

export interface CopyTable {
  readonly table: TableName;
  /** Default: all. */
  readonly columns?: readonly string[] | undefined;
}

type Escape = typeof escapeLiteral;

export function copyInText(target: CopyTable, format: CopyFormat, quoted: Escape): string {
  return `copy ${tableText(target)} from stdin ${formatText(format, quoted)}`;
}

export function copyOutText(
  source: CopyTable | Statement<unknown>,
  format: CopyFormat,
  quoted: Escape,
): string {
  const what = "table" in source ? tableText(source) : `(${withLiterals(source, quoted)})`;
  return `copy ${what} to stdout ${formatText(format, quoted)}`;
}

function tableText({ table, columns }: CopyTable): string {
  const name = new SqlName([table].flat()).toString();
  if (columns === undefined) return name;
  return `${name} (${columns.map((column) => new SqlName([column]).toString()).join(", ")})`;
}

function formatText({ format = "csv", header, delimiter, nullText }: CopyFormat, quoted: Escape): string {
  if (!["csv", "text", "binary"].includes(format)) {
    throw new InvalidRequestError(`The format is "${format}", but must be csv, text or binary.`);
  }
  const hasHeader = header ?? format === "csv";
  const options = [
    `format ${format}`,
    ...(hasHeader ? ["header true"] : []),
    ...(delimiter === undefined ? [] : [`delimiter ${quoted(delimiter)}`]),
    ...(nullText === undefined ? [] : [`null ${quoted(nullText)}`]),
    ...(format === "binary" ? [] : ["encoding 'UTF8'"]),
  ];
  return `(${options.join(", ")})`;
}

/** The values as literals, quoted by the driver. */
function withLiterals(statement: Statement<unknown>, quoted: Escape): string {
  checkStatement(statement);
  const { text, values } = statement;
  return text.replace(/\$(\d+)/g, (_, number: string) => literal(values[Number(number) - 1], quoted));
}

function literal(value: unknown, quoted: Escape): string {
  if (value === null) return "null";
  if (value instanceof Date) return quoted(value.toISOString());
  if (["string", "number", "bigint", "boolean"].includes(typeof value)) return quoted(String(value));
  throw new InvalidRequestError(
    "A query for COPY takes texts, numbers, booleans, dates and null as values. Write another value as text, and cast it: ::jsonb.",
  );
}
