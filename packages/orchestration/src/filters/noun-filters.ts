/** What the filter of each noun lets through, and what filters of other nouns mean for it. */
import type { FlowFilter, FlowRunFilter, FlowRunQuery, TaskRunFilter } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import type { StoredNouns } from "../stored-nouns.ts";
import {
  atTime,
  inState,
  join,
  type MaybeCondition,
  named,
  nullable,
  type Optional,
  oneOf,
  tagged,
} from "./wire-filter.ts";

type Flow = StoredNouns["flow"];
type FlowRun = StoredNouns["flow_run"];
type TaskRun = StoredNouns["task_run"];

/** Filters by noun, as list and count calls take them. */
export type NounFilters = Pick<FlowRunQuery, "flows" | "flow_runs" | "task_runs">;

/** Flows that match, and of which one run matches the filters on runs. */
export function flowMatches(filters: NounFilters): MaybeCondition<Flow> {
  const run = flowRunMatches({ flow_runs: filters.flow_runs, task_runs: filters.task_runs });
  return join<Flow>("and_", [
    flowFilter(filters.flows),
    run && { type: "related", noun: "flow_run", member: "id", references: "flow_id", where: run },
  ]);
}

/** Flow runs that match, whose flow matches, and of which some task run matches. */
export function flowRunMatches(filters: NounFilters): MaybeCondition<FlowRun> {
  const flow = flowFilter(filters.flows);
  const taskRun = taskRunFilter(filters.task_runs);
  return join<FlowRun>("and_", [
    flowRunFilter(filters.flow_runs),
    flow && { type: "related", noun: "flow", member: "flow_id", references: "id", where: flow },
    taskRun && { type: "related", noun: "task_run", member: "id", references: "flow_run_id", where: taskRun },
  ]);
}

/** Task runs that match and belong to a flow run that matches. */
export function taskRunMatches(filters: NounFilters): MaybeCondition<TaskRun> {
  const run = flowRunMatches({ flows: filters.flows, flow_runs: filters.flow_runs });
  return join<TaskRun>("and_", [
    taskRunFilter(filters.task_runs),
    run && { type: "related", noun: "flow_run", member: "flow_run_id", references: "id", where: run },
  ]);
}

function flowFilter(filter: Optional<FlowFilter>): MaybeCondition<Flow> {
  return join<Flow>(filter?.operator, [
    oneOf("id", filter?.id),
    named("name", filter?.name),
    tagged("tags", filter?.tags),
  ]);
}

function flowRunFilter(filter: Optional<FlowRunFilter>): MaybeCondition<FlowRun> {
  return join<FlowRun>(filter?.operator, [
    oneOf("id", filter?.id),
    named("name", filter?.name),
    tagged("tags", filter?.tags),
    inState(filter?.state),
    oneOf("flow_version", filter?.flow_version),
    atTime("start_time", filter?.start_time, "expected_start_time"),
    atTime("end_time", filter?.end_time),
    atTime("expected_start_time", filter?.expected_start_time),
    atTime("next_scheduled_start_time", filter?.next_scheduled_start_time),
    isSubflowOf(filter?.parent_flow_run_id?.any_),
    nullable("parent_task_run_id", filter?.parent_task_run_id),
    oneOf("idempotency_key", filter?.idempotency_key),
  ]);
}

function taskRunFilter(filter: Optional<TaskRunFilter>): MaybeCondition<TaskRun> {
  return join<TaskRun>(filter?.operator, [
    oneOf("id", filter?.id),
    named("name", filter?.name),
    tagged("tags", filter?.tags),
    inState(filter?.state),
    atTime("start_time", filter?.start_time),
    atTime("end_time", filter?.end_time),
    atTime("expected_start_time", filter?.expected_start_time),
    standsForSubflow(filter?.subflow_runs?.exists_),
    nullable("flow_run_id", filter?.flow_run_id),
  ]);
}

function isSubflowOf(parents: Optional<readonly string[]>): MaybeCondition<FlowRun> {
  if (!parents) return undefined;
  const where: Condition<TaskRun> = { type: "one-of", member: "flow_run_id", values: parents };
  return { type: "related", noun: "task_run", member: "parent_task_run_id", references: "id", where };
}

function standsForSubflow(expected: Optional<boolean>): MaybeCondition<TaskRun> {
  if (typeof expected !== "boolean") return undefined;
  const hasSubflow: Condition<TaskRun> = {
    type: "related",
    noun: "flow_run",
    member: "id",
    references: "parent_task_run_id",
  };
  return expected ? hasSubflow : { type: "not", condition: hasSubflow };
}
