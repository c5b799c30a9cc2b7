/** Pieces of SQL with their parameters, put together by a template so that no value can become part of the text. */
import type { SqlStatement, SqlValue } from "../sql-session.ts";

/** A piece of a statement. */
export type SqlFragment = SqlStatement;

/** A template whose fragments are inserted, and whose values become parameters. */
export function sql(
  strings: TemplateStringsArray,
  ...inserted: readonly (SqlFragment | SqlValue)[]
): SqlFragment {
  const parameters: SqlValue[] = [];
  let text = strings[0] ?? "";
  for (const [index, part] of inserted.entries()) {
    if (typeof part === "object" && part !== null) {
      text += part.sql;
      parameters.push(...part.parameters);
    } else {
      text += "?";
      parameters.push(part);
    }
    text += strings[index + 1] ?? "";
  }
  return { sql: text, parameters };
}

/** Text of the program itself. */
export function rawSql(text: string): SqlFragment {
  return { sql: text, parameters: [] };
}

export function joinSql(fragments: readonly SqlFragment[], separator: string): SqlFragment {
  return {
    sql: fragments.map((fragment) => fragment.sql).join(separator),
    parameters: fragments.flatMap((fragment) => fragment.parameters),
  };
}
