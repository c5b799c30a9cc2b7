/**
 * Finds names of flow runs by a part of them on SQLite. Its index of trigrams leads to names, not to runs, and a query is
 * planned before it is known whether a part is rare: so the names are looked up first, and a part that few have becomes
 * the list of their names. One that many have is soon found by going through the runs in order.
 * https://sqlite.org/fts5.html#the_trigram_tokenizer
 */
import type { Condition, StoredFlowRun } from "@sluice/orchestration";
import type { SqlDatabase, SqlStatement } from "../sql-session.ts";
import { rawSql, type SqlFragment, sql } from "./sql-fragment.ts";
import { sqliteQueryDialect } from "./sqlite-query-dialect.ts";

/** Longer names are not in the index, but in one of their own; see `sqlite/name-parts-migration.ts`. */
export const LONGEST_INDEXED_NAME = 500;
/** More names than this are many. */
const MAX_NAMES = 1000;
/** The tokenizer and `eitherCase` agree on the cases of ASCII. */
const ASCII_TRIGRAM = /^[ -~]{3}$/u;

type FlowRunCondition = Condition<StoredFlowRun>;

/** The condition with the names that flow runs have in place of a part of them, where the database needs that. */
export async function withNames(
  database: SqlDatabase,
  where: FlowRunCondition | undefined,
): Promise<FlowRunCondition | undefined> {
  return where === undefined || database.dialect !== "sqlite" ? where : named(database, where);
}

async function named(database: SqlDatabase, where: FlowRunCondition): Promise<FlowRunCondition> {
  if (where.type === "not") return { type: "not", condition: await named(database, where.condition) };
  if (where.type === "all" || where.type === "any") {
    const conditions = await Promise.all(where.conditions.map((inner) => named(database, inner)));
    return { type: where.type, conditions };
  }
  if (where.type !== "contains-text") return where;
  const [member, ...others] = where.members;
  if (member !== "name" || others.length > 0) return where;
  const values = await rareNames(database, where.text);
  return values === undefined ? where : { type: "one-of", member, values };
}

/** Undefined when many names have the part, or the index cannot find it. */
async function rareNames(database: SqlDatabase, part: string): Promise<readonly string[] | undefined> {
  const statement = namesStatement(part);
  if (statement === undefined) return undefined;
  const rows = await database.read((session) => session.ask(statement));
  return rows.length > MAX_NAMES ? undefined : rows.map(({ name }) => String(name));
}

function namesStatement(part: string): SqlStatement | undefined {
  const trigrams = trigramsOf(part);
  if (trigrams.length === 0) return undefined;
  const tokens = trigrams.map((trigram) => `"${trigram.replaceAll('"', '""')}"`).join(" AND ");
  const contains = (name: string): SqlFragment =>
    sqliteQueryDialect.containsText({ fragment: rawSql(name), kind: "text" }, part);
  const indexed = sql`select run_name.name from run_name_part cross join run_name on run_name.key = run_name_part.rowid where run_name_part match ${tokens} and ${contains("run_name.name")}`;
  const long = sql`select name from flow_run where length(name) > ${rawSql(String(LONGEST_INDEXED_NAME))} and ${contains("name")}`;
  return sql`select name from (${indexed} union all ${long}) limit ${MAX_NAMES + 1}`;
}

/** A name that contains the part has all of these. */
function trigramsOf(part: string): string[] {
  const characters = [...part];
  const trigrams = characters.slice(2).map((_, index) => characters.slice(index, index + 3).join(""));
  return [...new Set(trigrams.filter((trigram) => ASCII_TRIGRAM.test(trigram)))];
}
