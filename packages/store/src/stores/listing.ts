/** Runs the statements that `queries/` builds; the builder is loaded (about 100 ms) by the first list or count. */
import type { Condition, ObjectQuery, StoredNouns } from "@sluice/orchestration";
import type { SqlDatabase, SqlDialectName, SqlRow, SqlStatement } from "../sql-session.ts";

type BuildStatement = (dialect: SqlDialectName) => Promise<SqlStatement>;

export function listRows(database: SqlDatabase, build: BuildStatement): Promise<readonly SqlRow[]> {
  return database.call(async (inner) => {
    const statement = await build(inner.dialect);
    return inner.read((session) => session.ask(statement));
  });
}

/** The rows of a noun's table that a query asks for. */
export function listObjects<N extends keyof StoredNouns>(
  database: SqlDatabase,
  noun: N,
  query: ObjectQuery<StoredNouns[N]>,
): Promise<readonly SqlRow[]> {
  return listRows(database, async (dialect) => {
    const { listRowsStatement } = await import("../queries/list-statement.ts");
    return listRowsStatement(dialect, noun, query);
  });
}

/** How many objects of a noun match. */
export async function countRows<N extends keyof StoredNouns>(
  database: SqlDatabase,
  noun: N,
  where: Condition<StoredNouns[N]> | undefined,
): Promise<number> {
  const [{ count } = { count: 0 }] = await listRows(database, async (dialect) => {
    const { countStatement } = await import("../queries/list-statement.ts");
    return countStatement(dialect, noun, where);
  });
  return Number(count);
}
