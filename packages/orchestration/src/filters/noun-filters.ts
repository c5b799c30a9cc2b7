/** What the filter of each noun lets through, and what filters of other nouns mean for it. */
import type { FlowFilter, FlowRunFilter, FlowRunQuery, TaskRunFilter } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import type { StoredNouns } from "../stored-nouns.ts";
import { deploymentFilter, workPoolFilter, workQueueFilter } from "./place-filters.ts";
import {
  atTime,
  inState,
  isMissing,
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
export type NounFilters = Pick<
  FlowRunQuery,
  "flows" | "flow_runs" | "task_runs" | "deployments" | "work_pools" | "work_pool_queues"
>;

/** Flows that match, of which one run matches the filters on runs, and one deployment those on deployments. */
export function flowMatches(filters: NounFilters): MaybeCondition<Flow> {
  const { flows, deployments, ...ofRuns } = filters;
  const run = flowRunMatches(ofRuns);
  const deployment = deploymentFilter(deployments);
  return join<Flow>("and_", [
    flowFilter(flows),
    run && { type: "related", noun: "flow_run", member: "id", references: "flow_id", where: run },
    deployment && {
      type: "related",
      noun: "deployment",
      member: "id",
      references: "flow_id",
      where: deployment,
    },
  ]);
}

/** Flow runs that match, whose flow, deployment, work pool and queue match, and of which some task run matches. */
export function flowRunMatches(filters: NounFilters): MaybeCondition<FlowRun> {
  const flow = flowFilter(filters.flows);
  const taskRun = taskRunFilter(filters.task_runs);
  const deployment = deploymentFilter(filters.deployments);
  const queue = workQueueFilter(filters.work_pool_queues);
  const pool = workPoolFilter(filters.work_pools);
  return join<FlowRun>("and_", [
    flowRunFilter(filters.flow_runs),
    flow && { type: "related", noun: "flow", member: "flow_id", references: "id", where: flow },
    taskRun && { type: "related", noun: "task_run", member: "id", references: "flow_run_id", where: taskRun },
    deployment && {
      type: "related",
      noun: "deployment",
      member: "deployment_id",
      references: "id",
      where: deployment,
    },
    queue && { type: "related", noun: "work_queue", member: "work_queue_id", references: "id", where: queue },
    pool && { type: "related", noun: "work_pool", member: "work_pool_id", references: "id", where: pool },
  ]);
}

/** Task runs that match and belong to a flow run that matches. */
export function taskRunMatches(filters: NounFilters): MaybeCondition<TaskRun> {
  const { task_runs: taskRuns, ...ofFlowRuns } = filters;
  const run = flowRunMatches(ofFlowRuns);
  return join<TaskRun>("and_", [
    taskRunFilter(taskRuns),
    run && { type: "related", noun: "flow_run", member: "flow_run_id", references: "id", where: run },
  ]);
}

function flowFilter(filter: Optional<FlowFilter>): MaybeCondition<Flow> {
  return join<Flow>(filter?.operator, [
    oneOf("id", filter?.id),
    named("name", filter?.name),
    tagged("tags", filter?.tags),
    isDeployed(filter?.deployment?.is_null_),
  ]);
}

function flowRunFilter(filter: Optional<FlowRunFilter>): MaybeCondition<FlowRun> {
  return join<FlowRun>(filter?.operator, [
    oneOf("id", filter?.id),
    named("name", filter?.name),
    tagged("tags", filter?.tags),
    nullable("deployment_id", filter?.deployment_id),
    nullable("work_queue_name", filter?.work_queue_name),
    inState(filter?.state),
    oneOf("flow_version", filter?.flow_version),
    atTime("start_time", filter?.start_time, "expected_start_time"),
    atTime("end_time", filter?.end_time),
    atTime("expected_start_time", filter?.expected_start_time),
    atTime("next_scheduled_start_time", filter?.next_scheduled_start_time),
    isSubflowOf(filter?.parent_flow_run_id?.any_),
    nullable("parent_task_run_id", filter?.parent_task_run_id),
    oneOf("idempotency_key", filter?.idempotency_key),
    createdBy(filter?.created_by),
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

function isDeployed(isNull: Optional<boolean>): MaybeCondition<Flow> {
  if (typeof isNull !== "boolean") return undefined;
  const hasDeployment: Condition<Flow> = {
    type: "related",
    noun: "deployment",
    member: "id",
    references: "flow_id",
  };
  return isNull ? { type: "not", condition: hasDeployment } : hasDeployment;
}

function createdBy(filter: FlowRunFilter["created_by"]): MaybeCondition<FlowRun> {
  const { id_: ids, type_: types } = filter ?? {};
  return join<FlowRun>("and_", [
    creatorHas("id", ids),
    creatorHas("type", types),
    isMissing("created_by", filter?.is_null_),
  ]);
}

function creatorHas(label: string, values: Optional<readonly string[]>): MaybeCondition<FlowRun> {
  if (!values) return undefined;
  const patterns = values.map((text) => ({ text, isPrefix: false, isNegated: false }));
  return { type: "has-labels", member: "created_by", labels: [{ label, patterns }] };
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
