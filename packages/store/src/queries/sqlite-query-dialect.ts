/** Query expressions of SQLite. */
import { eitherCase } from "./either-case.ts";
import type { QueryDialect } from "./query-dialect.ts";
import { sql } from "./sql-fragment.ts";

export const sqliteQueryDialect: QueryDialect = {
  // One parameter however long the list: no limit on it, and one prepared statement for all.
  isOneOf: ({ fragment }, values) =>
    sql`${fragment} in (select value from json_each(${JSON.stringify(values)}))`,
  // Functions of our own cannot be added to this driver, and `LIKE` knows the cases of ASCII only.
  containsText: (text, part) => sql`${text} glob ${`*${eitherCase(part, globLiteral)}*`}`,
  containsAll: (array, values) =>
    sql`not exists (select 1 from json_each(${JSON.stringify(values)}) as wanted where wanted.value not in (select value from json_each(${array})))`,
  containsAny: (array, values) =>
    sql`exists (select 1 from json_each(${array}) as present where present.value in (select value from json_each(${JSON.stringify(values)})))`,
};

function globLiteral(character: string): string {
  const isSpecial = character === "*" || character === "?" || character === "[";
  return isSpecial ? `[${character}]` : character;
}
