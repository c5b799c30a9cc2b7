/** Query expressions of SQLite. */
import { InvalidRequestError } from "@sluice/protocol";
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from "kysely";
import type { QueryDialect } from "./query-dialect.ts";

/** SQLite refuses patterns of more than 50,000 bytes; a letter becomes up to ten of them. */
const MAX_PART_LENGTH = 4000;

let dialect: QueryDialect | undefined;

export function sqliteQueryDialect(): QueryDialect {
  dialect ??= {
    compiler: new Kysely<unknown>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (compiler) => new SqliteIntrospector(compiler),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    }),
    // One parameter however long the list: no limit on it, and one prepared statement for all.
    isOneOf: (text, values) => sql`${text} in (select value from json_each(${JSON.stringify(values)}))`,
    containsText: (text, part) => sql`${text} glob ${globPattern(part)}`,
    containsAll: (array, values) =>
      sql`not exists (select 1 from json_each(${JSON.stringify(values)}) as wanted where wanted.value not in (select value from json_each(${array})))`,
    containsAny: (array, values) =>
      sql`exists (select 1 from json_each(${array}) as present where present.value in (select value from json_each(${JSON.stringify(values)})))`,
  };
  return dialect;
}

/**
 * A pattern for `GLOB` that finds `part` anywhere in either case. `LIKE` knows the cases of ASCII only, and functions
 * of our own cannot be added to this driver.
 */
function globPattern(part: string): string {
  if (part.length > MAX_PART_LENGTH) {
    throw new InvalidRequestError(
      `A text of ${part.length} characters was searched for; the longest possible has ${MAX_PART_LENGTH}.`,
    );
  }
  return `*${Array.from(part, globCharacter).join("")}*`;
}

function globCharacter(character: string): string {
  const cases = new Set([character, character.toLowerCase(), character.toUpperCase()]);
  // Where the other case is several characters (ß and SS), the character stands for itself.
  const single = [...cases].filter((variant) => [...variant].length === 1);
  const isSpecial = character === "*" || character === "?" || character === "[";
  return single.length > 1 || isSpecial ? `[${single.join("")}]` : character;
}
