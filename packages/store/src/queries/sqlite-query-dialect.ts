/** Query expressions of SQLite. */
import { eitherCase } from "./either-case.ts";
import type { QueryDialect } from "./query-dialect.ts";
import { rawSql, type SqlFragment, sql } from "./sql-fragment.ts";

export const sqliteQueryDialect: QueryDialect = {
  // One parameter however long the list: no limit on it, and one prepared statement for all.
  isOneOf: ({ fragment }, values) =>
    sql`${fragment} in (select value from json_each(${JSON.stringify(values)}))`,
  // Functions of our own cannot be added to this driver, and `LIKE` knows the cases of ASCII only.
  containsText: ({ fragment }, part) => sql`${fragment} glob ${`*${eitherCase(part, globLiteral)}*`}`,
  containsAll: (array, values) =>
    sql`not exists (select 1 from json_each(${JSON.stringify(values)}) as wanted where wanted.value not in (select value from json_each(${array})))`,
  containsAny: (array, values) =>
    sql`exists (select 1 from json_each(${array}) as present where present.value in (select value from json_each(${JSON.stringify(values)})))`,
  someObject: (json, isMatch) =>
    sql`exists (select 1 from json_each(case json_type(${json}) when 'array' then ${json} else json_array(json(${json})) end) as labelled where ${isMatch(rawSql("labelled.value"))})`,
  memberText: (object, member) =>
    sql`(select member.value from json_each(${object}) as member where member.key = ${member})`,
  bucketOf: (instant, origin, seconds) => {
    const size = rawSql(String(Math.round(seconds * 1_000_000)));
    const distance = sql`(${microseconds(instant)} - ${microseconds(sql`${origin}`)})`;
    // The remainder of SQLite has the sign of what is divided.
    return sql`(${distance} - ((${distance} % ${size}) + ${size}) % ${size}) / ${size}`;
  },
  instant: (timestamp) => sql`${timestamp}`,
  secondsBetween: (start, end) => sql`((${microseconds(end)} - ${microseconds(start)}) / 1000000.0)`,
  knowsFrequencies: false,
  leadsTo: "cross join",
};

/** Microseconds since the epoch of an instant as it is stored. */
function microseconds(instant: SqlFragment): SqlFragment {
  return sql`(unixepoch(substr(${instant}, 1, 19)) * 1000000 + cast(substr(${instant}, 21, 6) as integer))`;
}

function globLiteral(character: string): string {
  const isSpecial = character === "*" || character === "?" || character === "[";
  return isSpecial ? `[${character}]` : character;
}
