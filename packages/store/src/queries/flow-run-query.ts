/** Lists and counts flow runs. */
import type { FlowRunQuery } from "@sluice/protocol";
import type { RawBuilder } from "kysely";
import type { SqlDialectName, SqlStatement } from "../sql-session.ts";
import { FLOW_RUN_STATES } from "../tables/flow-run-table.ts";
import { countStatement, listRunsStatement, orderBy } from "./list-statement.ts";
import { queryDialect } from "./query-dialect.ts";
import { flowRunMatches } from "./related.ts";

const TABLE = "flow_run";
const ID = "flow_run.id";
const START = "coalesce(flow_run.start_time, flow_run.expected_start_time)";

const ORDERS: Readonly<Record<NonNullable<FlowRunQuery["sort"]>, RawBuilder<unknown>>> = {
  ID_DESC: orderBy(ID, ID, "desc"),
  START_TIME_ASC: orderBy(START, ID, "asc"),
  START_TIME_DESC: orderBy(START, ID, "desc"),
  EXPECTED_START_TIME_ASC: orderBy("flow_run.expected_start_time", ID, "asc"),
  EXPECTED_START_TIME_DESC: orderBy("flow_run.expected_start_time", ID, "desc"),
  NAME_ASC: orderBy("flow_run.name", ID, "asc"),
  NAME_DESC: orderBy("flow_run.name", ID, "desc"),
  NEXT_SCHEDULED_START_TIME_ASC: orderBy("flow_run.next_scheduled_start_time", ID, "asc"),
  END_TIME_DESC: orderBy("flow_run.end_time", ID, "desc"),
};

export function listFlowRuns(dialectName: SqlDialectName, query: FlowRunQuery): SqlStatement {
  const dialect = queryDialect(dialectName);
  const order = ORDERS[query.sort ?? "ID_DESC"];
  const plan = { table: TABLE, condition: flowRunMatches(dialect, query), order, page: query };
  return listRunsStatement(dialect, plan, FLOW_RUN_STATES.selectRunsSql);
}

export function countFlowRuns(dialectName: SqlDialectName, query: FlowRunQuery): SqlStatement {
  const dialect = queryDialect(dialectName);
  return countStatement(dialect, { table: TABLE, condition: flowRunMatches(dialect, query) });
}
