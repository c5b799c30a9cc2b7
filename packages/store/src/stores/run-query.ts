/** Runs the statements that `queries/` builds; the builder is loaded (about 100 ms) by the first list or count. */
import type { SqlDatabase, SqlDialectName, SqlRow, SqlStatement } from "../sql-session.ts";

type BuildStatement = (dialect: SqlDialectName) => Promise<SqlStatement>;

export function listRows(database: SqlDatabase, build: BuildStatement): Promise<readonly SqlRow[]> {
  return database.call(async (inner) => {
    const { sql, parameters } = await build(inner.dialect);
    return inner.read((session) => session.all(sql, parameters));
  });
}

/** The `count` of the only row. */
export async function countRows(database: SqlDatabase, build: BuildStatement): Promise<number> {
  const [{ count } = { count: 0 }] = await listRows(database, build);
  return Number(count);
}
