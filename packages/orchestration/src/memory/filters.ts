/** Turns a noun's filter into a predicate on the stored object; `undefined` when the filter does not restrict. */
import type { Flow, FlowFilter, FlowRunFilter, Log, LogFilter, TaskRunFilter } from "@sluice/protocol";
import type { StoredFlowRun, StoredTaskRun } from "../store.ts";
import { matchesTextQuery, parseTextQuery } from "../text-query.ts";
import {
  atTime,
  inState,
  join,
  type MaybePredicate,
  named,
  nullableId,
  on,
  oneOf,
  tagged,
} from "./predicate.ts";

type Optional<T> = T | null | undefined;

/** What filters ask about other objects. */
export interface Relations {
  readonly taskRun: (id: string) => StoredTaskRun | undefined;
  /** Ids of the task runs that stand for a sub-flow run. */
  readonly subflowTaskRunIds: () => ReadonlySet<string>;
}

/** What a filter of flows lets through. */
export function flowPredicate(filter: Optional<FlowFilter>): MaybePredicate<Flow> {
  return join<Flow>(filter?.operator, [
    on((flow) => flow.id, oneOf(filter?.id)),
    on((flow) => flow.name, named(filter?.name)),
    on((flow) => flow.tags, tagged(filter?.tags)),
  ]);
}

/** What a filter of flow runs lets through. */
export function flowRunPredicate(
  filter: Optional<FlowRunFilter>,
  relations: Relations,
): MaybePredicate<StoredFlowRun> {
  const parentFlowRunId = (run: StoredFlowRun): string | null =>
    run.parent_task_run_id === null ? null : (relations.taskRun(run.parent_task_run_id)?.flow_run_id ?? null);
  return join<StoredFlowRun>(filter?.operator, [
    on((run) => run.id, oneOf(filter?.id)),
    on((run) => run.name, named(filter?.name)),
    on((run) => run.tags, tagged(filter?.tags)),
    inState(filter?.state),
    on((run) => run.flow_version, oneOf(filter?.flow_version)),
    atTime(
      filter?.start_time,
      (run) => run.start_time,
      (run) => run.expected_start_time,
    ),
    atTime(filter?.end_time, (run) => run.end_time),
    atTime(filter?.expected_start_time, (run) => run.expected_start_time),
    atTime(filter?.next_scheduled_start_time, (run) => run.next_scheduled_start_time),
    on(parentFlowRunId, oneOf(filter?.parent_flow_run_id)),
    on((run) => run.parent_task_run_id, nullableId(filter?.parent_task_run_id)),
    on((run) => run.idempotency_key, oneOf(filter?.idempotency_key)),
  ]);
}

/** What a filter of task runs lets through. */
export function taskRunPredicate(
  filter: Optional<TaskRunFilter>,
  relations: Relations,
): MaybePredicate<StoredTaskRun> {
  return join<StoredTaskRun>(filter?.operator, [
    on((run) => run.id, oneOf(filter?.id)),
    on((run) => run.name, named(filter?.name)),
    on((run) => run.tags, tagged(filter?.tags)),
    inState(filter?.state),
    atTime(filter?.start_time, (run) => run.start_time),
    atTime(filter?.end_time, (run) => run.end_time),
    atTime(filter?.expected_start_time, (run) => run.expected_start_time),
    standsForSubflow(filter?.subflow_runs?.exists_, relations),
    on((run) => run.flow_run_id, nullableId(filter?.flow_run_id)),
  ]);
}

/** What a filter of log lines lets through. */
export function logPredicate(filter: Optional<LogFilter>): MaybePredicate<Log> {
  const atLeast = filter?.level?.ge_ ?? undefined;
  const atMost = filter?.level?.le_ ?? undefined;
  return join<Log>(filter?.operator, [
    join<Log>("and_", [
      atLeast === undefined ? undefined : (log) => log.level >= atLeast,
      atMost === undefined ? undefined : (log) => log.level <= atMost,
    ]),
    atTime(filter?.timestamp, (log) => log.timestamp),
    on((log) => log.flow_run_id, oneOf(filter?.flow_run_id)),
    on((log) => log.task_run_id, nullableId(filter?.task_run_id)),
    containsText(filter?.text?.query),
  ]);
}

function standsForSubflow(expected: Optional<boolean>, relations: Relations): MaybePredicate<StoredTaskRun> {
  if (expected === null || expected === undefined) return undefined;
  const ids = relations.subflowTaskRunIds();
  return (run) => ids.has(run.id) === expected;
}

/** The text of a line is its message and the name of its logger. A query without terms does not restrict. */
function containsText(text: Optional<string>): MaybePredicate<Log> {
  if (text === null || text === undefined) return undefined;
  const query = parseTextQuery(text);
  if (query.anyOf.length + query.allOf.length + query.noneOf.length === 0) return undefined;
  return (log) => matchesTextQuery(query, log.message, log.name);
}
