/** Turns a noun's filter into a condition on its table; `undefined` when the filter does not restrict. */
import { parseTextQuery } from "@sluice/orchestration";
import type { FlowFilter, FlowRunFilter, LogFilter, TaskRunFilter } from "@sluice/protocol";
import { type SqlBool, sql } from "kysely";
import { atTime, inState, join, type MaybeCondition, named, nullableId, oneOf, tagged } from "./condition.ts";
import type { Condition, QueryDialect, TextExpression } from "./query-dialect.ts";

type Optional<T> = T | null | undefined;

export function flowCondition(dialect: QueryDialect, filter: Optional<FlowFilter>): MaybeCondition {
  return join(filter?.operator, [
    oneOf(dialect, column("flow.id"), filter?.id),
    named(dialect, column("flow.name"), filter?.name),
    tagged(dialect, column("flow.tags"), filter?.tags),
  ]);
}

export function flowRunCondition(dialect: QueryDialect, filter: Optional<FlowRunFilter>): MaybeCondition {
  const startTime = column("flow_run.start_time");
  return join(filter?.operator, [
    oneOf(dialect, column("flow_run.id"), filter?.id),
    named(dialect, column("flow_run.name"), filter?.name),
    tagged(dialect, column("flow_run.tags"), filter?.tags),
    inState(dialect, "flow_run", filter?.state),
    oneOf(dialect, column("flow_run.flow_version"), filter?.flow_version),
    atTime(filter?.start_time, startTime, sql`coalesce(${startTime}, flow_run.expected_start_time)`),
    atTime(filter?.end_time, column("flow_run.end_time")),
    atTime(filter?.expected_start_time, column("flow_run.expected_start_time")),
    atTime(filter?.next_scheduled_start_time, column("flow_run.next_scheduled_start_time")),
    isSubflowOf(dialect, filter?.parent_flow_run_id),
    nullableId(dialect, column("flow_run.parent_task_run_id"), filter?.parent_task_run_id),
    oneOf(dialect, column("flow_run.idempotency_key"), filter?.idempotency_key),
  ]);
}

export function taskRunCondition(dialect: QueryDialect, filter: Optional<TaskRunFilter>): MaybeCondition {
  return join(filter?.operator, [
    oneOf(dialect, column("task_run.id"), filter?.id),
    named(dialect, column("task_run.name"), filter?.name),
    tagged(dialect, column("task_run.tags"), filter?.tags),
    inState(dialect, "task_run", filter?.state),
    atTime(filter?.start_time, column("task_run.start_time")),
    atTime(filter?.end_time, column("task_run.end_time")),
    atTime(filter?.expected_start_time, column("task_run.expected_start_time")),
    standsForSubflow(filter?.subflow_runs?.exists_),
    nullableId(dialect, column("task_run.flow_run_id"), filter?.flow_run_id),
  ]);
}

export function logCondition(dialect: QueryDialect, filter: Optional<LogFilter>): MaybeCondition {
  const { ge_: atLeast, le_: atMost } = filter?.level ?? {};
  return join(filter?.operator, [
    join("and_", [
      typeof atLeast === "number" ? sql`log.level >= ${atLeast}` : undefined,
      typeof atMost === "number" ? sql`log.level <= ${atMost}` : undefined,
    ]),
    atTime(filter?.timestamp, column("log.timestamp")),
    oneOf(dialect, column("log.flow_run_id"), filter?.flow_run_id),
    nullableId(dialect, column("log.task_run_id"), filter?.task_run_id),
    containsText(dialect, filter?.text?.query),
  ]);
}

function isSubflowOf(dialect: QueryDialect, parents: FlowRunFilter["parent_flow_run_id"]): MaybeCondition {
  const isTaskOfParent = oneOf(dialect, column("parent.flow_run_id"), parents);
  return (
    isTaskOfParent &&
    sql`flow_run.parent_task_run_id in (select parent.id from task_run as parent where ${isTaskOfParent})`
  );
}

function standsForSubflow(expected: Optional<boolean>): MaybeCondition {
  if (expected === null || expected === undefined) return undefined;
  const exists = sql`exists (select 1 from flow_run as child where child.parent_task_run_id = task_run.id)`;
  return expected ? sql`${exists}` : sql`not ${exists}`;
}

/** The text of a line is its message and the name of its logger. A query without terms does not restrict. */
function containsText(dialect: QueryDialect, text: Optional<string>): MaybeCondition {
  if (text === null || text === undefined) return undefined;
  const query = parseTextQuery(text);
  const occurs = (term: string): Condition => {
    const isIn = (name: string) => dialect.containsText(column(name), term);
    return sql`(${isIn("log.message")} or ${isIn("log.name")})`;
  };
  return join("and_", [
    ...query.allOf.map(occurs),
    ...query.noneOf.map((term) => sql<SqlBool>`not ${occurs(term)}`),
    join("or_", query.anyOf.map(occurs)),
  ]);
}

function column(name: string): TextExpression {
  return sql.ref(name);
}
