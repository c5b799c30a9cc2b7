/**
 * Conditions on a noun by the filters of the others. Downwards (flow to run to task run) `exists` stops at the first of
 * many; upwards `in` finds the few parents first, so that an index leads from them to the rows.
 */
import type { FlowRunQuery } from "@sluice/protocol";
import { sql } from "kysely";
import { join, type MaybeCondition } from "./condition.ts";
import { flowCondition, flowRunCondition, taskRunCondition } from "./filters.ts";
import type { QueryDialect } from "./query-dialect.ts";

export type NounFilters = Pick<FlowRunQuery, "flows" | "flow_runs" | "task_runs">;

/** Flows that match, and of which one run matches the filters on runs. */
export function flowMatches(dialect: QueryDialect, filters: NounFilters): MaybeCondition {
  const run = flowRunMatches(dialect, { flow_runs: filters.flow_runs, task_runs: filters.task_runs });
  return join("and_", [
    flowCondition(dialect, filters.flows),
    run && sql`exists (select 1 from flow_run where flow_run.flow_id = flow.id and ${run})`,
  ]);
}

/** Flow runs that match, whose flow matches, and of which some task run matches. */
export function flowRunMatches(dialect: QueryDialect, filters: NounFilters): MaybeCondition {
  const flow = flowCondition(dialect, filters.flows);
  const taskRun = taskRunCondition(dialect, filters.task_runs);
  return join("and_", [
    flowRunCondition(dialect, filters.flow_runs),
    flow && sql`flow_run.flow_id in (select flow.id from flow where ${flow})`,
    taskRun && sql`exists (select 1 from task_run where task_run.flow_run_id = flow_run.id and ${taskRun})`,
  ]);
}

/** Task runs that match and belong to a flow run that matches. */
export function taskRunMatches(dialect: QueryDialect, filters: NounFilters): MaybeCondition {
  const flowRun = flowRunMatches(dialect, { flows: filters.flows, flow_runs: filters.flow_runs });
  return join("and_", [
    taskRunCondition(dialect, filters.task_runs),
    flowRun && sql`task_run.flow_run_id in (select flow_run.id from flow_run where ${flowRun})`,
  ]);
}
