/** Statements whose values go to the server apart from the text, so that no value can be taken for a part of it. */
import { Secret } from "@sluice/core";
import { InvalidRequestError } from "@sluice/protocol";
import type { z } from "zod";

export type UnknownRow = Readonly<Record<string, unknown>>;

/** Made by `sql`. */
export interface Statement<Row = UnknownRow> {
  /** With `$1`, `$2`, … in the places of the values. */
  readonly text: string;
  readonly values: readonly unknown[];
  /** What each row has to fit. */
  readonly schema?: z.ZodType<Row> | undefined;
}

/** The name of a table or a column, quoted where it stands in a statement. */
export class SqlName {
  readonly path: readonly string[];

  constructor(path: readonly string[]) {
    this.path = path;
  }

  toString(): string {
    return this.path.map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
  }
}

export interface SqlTag {
  /**
   * A statement: values become parameters, statements and names become parts of it. The type of the rows is believed; use
   * `sql.typed` to have it checked.
   */
  <Row = UnknownRow>(parts: TemplateStringsArray, ...values: readonly unknown[]): Statement<Row>;
  /** A statement whose rows are checked, and are what the schema makes of them: `sql.typed(z.object({ id: z.int() }))` */
  typed<Schema extends z.ZodType>(
    schema: Schema,
  ): (parts: TemplateStringsArray, ...values: readonly unknown[]) => Statement<z.output<Schema>>;
  /** A name that is only known when the code runs: `sql.identifier("sales", table)`. */
  identifier(...path: readonly string[]): SqlName;
}

/**
 * Makes statements.
 *
 * ```ts
 * const order = z.object({ id: z.int(), total: z.coerce.number() });
 * const statement = sql.typed(order)`select id, total from orders where day = ${day}`;
 * ```
 *
 * @throws {InvalidRequestError} when a value is undefined, which is seldom meant as null
 */
export const sql: SqlTag = Object.assign(
  <Row>(parts: TemplateStringsArray, ...values: readonly unknown[]): Statement<Row> => joined(parts, values),
  {
    typed<Schema extends z.ZodType>(schema: Schema) {
      return (parts: TemplateStringsArray, ...values: readonly unknown[]): Statement<z.output<Schema>> => ({
        ...joined(parts, values),
        schema: schema as z.ZodType<z.output<Schema>>,
      });
    },
    identifier: (...path: readonly string[]): SqlName => new SqlName(path),
  },
);

/** @throws {InvalidRequestError} when it is a plain text */
export function checkStatement(statement: Statement<unknown>): void {
  if (isStatement(statement)) return;
  throw new InvalidRequestError("A statement has to be written with the tag sql: sql`select …`.");
}

function joined(
  parts: readonly string[],
  given: readonly unknown[],
): { text: string; values: readonly unknown[] } {
  const values: unknown[] = [];
  let text = parts[0] ?? "";
  for (const [index, value] of given.entries()) {
    text += written(value, values) + (parts[index + 1] ?? "");
  }
  return { text, values };
}

/** The place of the value in the text; what is to be sent is added to `values`. */
function written(value: unknown, values: unknown[]): string {
  if (value instanceof SqlName) return value.toString();
  if (isStatement(value)) {
    const before = values.length;
    values.push(...value.values);
    return value.text.replace(/\$(\d+)/g, (_, number: string) => `$${before + Number(number)}`);
  }
  if (value === undefined) {
    throw new InvalidRequestError(
      `Value ${values.length + 1} of a statement is undefined. Give null if that is what is meant.`,
    );
  }
  values.push(value instanceof Secret ? value.reveal() : value);
  return `$${values.length}`;
}

function isStatement(value: unknown): value is Statement {
  return (
    typeof value === "object" &&
    value !== null &&
    "text" in value &&
    typeof value.text === "string" &&
    "values" in value &&
    Array.isArray(value.values)
  );
}
