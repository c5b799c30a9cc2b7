/** Query expressions of SQLite. */
import { toMicroseconds } from "@sluice/orchestration";
import { eitherCase } from "./either-case.ts";
import type { QueryDialect } from "./query-dialect.ts";
import { rawSql, type SqlFragment, sql } from "./sql-fragment.ts";

const SECOND = 1_000_000n;
/** The first microsecond of year 0, and less than the first second. */
const EARLIEST = BigInt(Date.parse("0000-01-01T00:00:00Z")) * 1000n;

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
    const originMicroseconds = BigInt(toMicroseconds(origin));
    // What instants have beyond whole seconds takes long to read, and says nothing about whole seconds.
    if (originMicroseconds % SECOND === 0n && Number.isInteger(seconds))
      return bucketOf(wholeSeconds(instant), { origin: originMicroseconds / SECOND, size: BigInt(seconds) });
    const size = BigInt(Math.round(seconds * 1_000_000));
    return bucketOf(microseconds(instant), { origin: originMicroseconds, size });
  },
  instant: (timestamp) => sql`${timestamp}`,
  secondsBetween: (start, end) => sql`((${microseconds(end)} - ${microseconds(start)}) / 1000000.0)`,
  valuesTable: (alias, rows, columns) => {
    const members = Object.keys(columns).map((name, index) => `value ->> ${index} as ${name}`);
    return sql`(select ${rawSql(members.join(", "))} from json_each(${JSON.stringify(rows)})) as ${rawSql(alias)}`;
  },
  lookInto: (table, condition) => sql`cross join ${rawSql(table)} on ${condition}`,
  knowsFrequencies: false,
  leadsTo: "cross join",
};

/** Counted from before the first instant there can be, because whole numbers are divided towards zero. */
function bucketOf(
  instant: SqlFragment,
  { origin, size }: { readonly origin: bigint; readonly size: bigint },
): SqlFragment {
  const before = (origin - EARLIEST) / size + 1n;
  const start = rawSql(`${origin - before * size}`);
  return sql`(${instant} - (${start})) / ${rawSql(`${size} - (${before})`)}`;
}

/** Microseconds since the epoch of an instant as it is stored. */
function microseconds(instant: SqlFragment): SqlFragment {
  return sql`(${wholeSeconds(instant)} * 1000000 + cast(substr(${instant}, 21, 6) as integer))`;
}

function wholeSeconds(instant: SqlFragment): SqlFragment {
  return sql`unixepoch(substr(${instant}, 1, 19))`;
}

function globLiteral(character: string): string {
  const isSpecial = character === "*" || character === "?" || character === "[";
  return isSpecial ? `[${character}]` : character;
}
