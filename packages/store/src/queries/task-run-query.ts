/** Lists and counts task runs. */
import type { TaskRunQuery } from "@sluice/protocol";
import type { RawBuilder } from "kysely";
import type { SqlDialectName, SqlStatement } from "../sql-session.ts";
import { TASK_RUN_STATES } from "../tables/task-run-table.ts";
import { countStatement, listRunsStatement, orderBy } from "./list-statement.ts";
import { queryDialect } from "./query-dialect.ts";
import { taskRunMatches } from "./related.ts";

const TABLE = "task_run";
const ID = "task_run.id";

const ORDERS: Readonly<Record<NonNullable<TaskRunQuery["sort"]>, RawBuilder<unknown>>> = {
  ID_DESC: orderBy(ID, ID, "desc"),
  EXPECTED_START_TIME_ASC: orderBy("task_run.expected_start_time", ID, "asc"),
  EXPECTED_START_TIME_DESC: orderBy("task_run.expected_start_time", ID, "desc"),
  NAME_ASC: orderBy("task_run.name", ID, "asc"),
  NAME_DESC: orderBy("task_run.name", ID, "desc"),
  NEXT_SCHEDULED_START_TIME_ASC: orderBy("task_run.next_scheduled_start_time", ID, "asc"),
  END_TIME_DESC: orderBy("task_run.end_time", ID, "desc"),
};

export function listTaskRuns(dialectName: SqlDialectName, query: TaskRunQuery): SqlStatement {
  const dialect = queryDialect(dialectName);
  const order = ORDERS[query.sort ?? "ID_DESC"];
  const plan = { table: TABLE, condition: taskRunMatches(dialect, query), order, page: query };
  return listRunsStatement(dialect, plan, TASK_RUN_STATES.selectRunsSql);
}

export function countTaskRuns(dialectName: SqlDialectName, query: TaskRunQuery): SqlStatement {
  const dialect = queryDialect(dialectName);
  return countStatement(dialect, { table: TABLE, condition: taskRunMatches(dialect, query) });
}
