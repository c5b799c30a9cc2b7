/** Query expressions of PostgreSQL. */
import { arrayLiteral } from "../postgres/array-literal.ts";
import { POSTGRES_TYPES } from "../postgres/column-types.ts";
import { eitherCase } from "./either-case.ts";
import type { QueryDialect } from "./query-dialect.ts";
import { joinSql, rawSql, sql } from "./sql-fragment.ts";

export const postgresQueryDialect: QueryDialect = {
  // One parameter however long the list.
  isOneOf: ({ fragment, kind }, values) =>
    sql`${fragment} = any(${arrayLiteral(values)}::${rawSql(POSTGRES_TYPES[kind])}[])`,
  // Under the collation "C" the case functions know ASCII only, and others are not the same on every server.
  containsText: ({ fragment, kind }, part) =>
    sql`${fragment}${rawSql(kind === "text" ? "" : "::text")} ~ ${eitherCase(part, regexLiteral)}`,
  containsAll: (array, values) => sql`${array} @> ${JSON.stringify(values)}::jsonb`,
  // Alternatives of what an index can find one by one.
  containsAny: (array, values) =>
    values.length === 0
      ? sql`false`
      : sql`(${joinSql(
          values.map((value) => sql`${array} @> ${JSON.stringify([value])}::jsonb`),
          " or ",
        )})`,
  someObject: (json, isMatch) =>
    sql`exists (select 1 from json_array_elements(case json_typeof(${json}) when 'array' then ${json} else json_build_array(${json}) end) as labelled (object) where ${isMatch(rawSql("labelled.object"))})`,
  memberText: (object, member) => sql`(${object} ->> ${member}::text) collate "C"`,
  bucketOf: (instant, origin, seconds) =>
    // `date_part` gives a float, which is faster than the exact number of `extract`, and exact for centuries of microseconds.
    sql`floor(date_part('epoch', ${instant} - ${origin}::timestamptz) / ${seconds}::float8)::bigint`,
  instant: (timestamp) => sql`${timestamp}::timestamptz`,
  secondsBetween: (start, end) => sql`date_part('epoch', ${end} - ${start})`,
  valuesTable: (alias, rows, columns) => {
    const arrays = Object.entries(columns).map(([, kind], index) => {
      const type = kind === "whole" ? "bigint" : POSTGRES_TYPES.timestamp;
      return sql`${arrayLiteral(rows.map((row) => String(row[index])))}::${rawSql(type)}[]`;
    });
    return sql`unnest(${joinSql(arrays, ", ")}) as ${rawSql(`${alias} (${Object.keys(columns).join(", ")})`)}`;
  },
  // Of a range whose ends come from another table it would expect a ninth of all rows, and go through them all.
  lookInto: (table, condition) =>
    sql`cross join lateral (select * from ${rawSql(table)} where ${condition} offset 0) as ${rawSql(table)}`,
  knowsFrequencies: true,
  leadsTo: "join",
};

function regexLiteral(character: string): string {
  return /[\\^$.|?*+()[\]{}]/u.test(character) ? `\\${character}` : character;
}
