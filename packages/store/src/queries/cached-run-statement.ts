/** The statement that finds a result in the cache that the server keeps for task runs. */
import type { SqlStatement } from "../sql-session.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import { TASK_RUN_STATES } from "../tables/task-run-table.ts";

/**
 * In the words of the index `task_run_cache_key`, so that both databases use it. It has the beginnings of keys only, since
 * what PostgreSQL can keep in an index is shorter than a key may be.
 */
const SQL =
  `${TASK_RUN_STATES.selectRunsSql} WHERE substr(task_run.cache_key, 1, 500) = substr(?, 1, 500) AND task_run.cache_key = ? ` +
  "AND task_run.state_type = 'COMPLETED' AND task_run.state_name <> 'Cached' " +
  "AND (task_run.cache_expiration IS NULL OR task_run.cache_expiration > ?) " +
  "ORDER BY task_run.end_time DESC, task_run.id DESC LIMIT 1";

/** The row that `TaskRunStore.findCached` wants. */
export function cachedRunStatement(cacheKey: string, now: string): SqlStatement {
  return { sql: SQL, parameters: [cacheKey, cacheKey, storedTimestamp(now)] };
}
