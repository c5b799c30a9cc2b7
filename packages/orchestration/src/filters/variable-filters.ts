/** Which variables and artifacts match. */
import type {
  ArtifactFilter,
  ArtifactQuery,
  LatestArtifactFilter,
  LatestArtifactQuery,
  VariableFilter,
  VariableQuery,
} from "@sluice/protocol";
import type { Condition, ObjectQuery, Order } from "../conditions.ts";
import type { StoredNouns } from "../stored-nouns.ts";
import { flowRunMatches, taskRunMatches } from "./noun-filters.ts";
import { pageOf } from "./run-queries.ts";
import { join, type MaybeCondition, named, type Optional, oneOf, tagged } from "./wire-filter.ts";

type Variable = StoredNouns["variable"];
type Artifact = StoredNouns["artifact"];
type Collection = StoredNouns["artifact_collection"];

const VARIABLE_ORDERS: Readonly<Record<NonNullable<VariableQuery["sort"]>, Order<Variable>>> = {
  CREATED_DESC: { member: "created", direction: "desc" },
  UPDATED_DESC: { member: "updated", direction: "desc" },
  NAME_ASC: { member: "name", direction: "asc" },
  NAME_DESC: { member: "name", direction: "desc" },
};

const ARTIFACT_ORDERS: Readonly<Record<NonNullable<ArtifactQuery["sort"]>, Order<Artifact & Collection>>> = {
  CREATED_DESC: { member: "created", direction: "desc" },
  UPDATED_DESC: { member: "updated", direction: "desc" },
  ID_DESC: { member: "id", direction: "desc" },
  KEY_DESC: { member: "key", direction: "desc" },
  KEY_ASC: { member: "key", direction: "asc" },
};

/** Sorted by name unless asked otherwise. */
export function variableQuery(query: VariableQuery): ObjectQuery<Variable> {
  return {
    where: variableFilter(query.variables),
    orderBy: [VARIABLE_ORDERS[query.sort ?? "NAME_ASC"]],
    ...pageOf(query),
  };
}

/** Sorted by falling id unless asked otherwise. */
export function artifactQuery(query: ArtifactQuery): ObjectQuery<Artifact> {
  const order = ARTIFACT_ORDERS[query.sort ?? "ID_DESC"] as Order<Artifact>;
  return { where: artifactMatches(query), orderBy: [order], ...pageOf(query) };
}

/** Keys whose newest artifact matches; sorted by falling id unless asked otherwise. */
export function latestArtifactQuery(query: LatestArtifactQuery): ObjectQuery<Collection> {
  const { artifacts, ...narrowing } = query;
  const { latest_id: latestId, ...filter } = artifacts ?? {};
  const where = artifactMatches({ ...narrowing, artifacts: { ...filter, id: latestId } });
  const order = ARTIFACT_ORDERS[query.sort ?? "ID_DESC"] as Order<Collection>;
  return {
    where: where && { type: "related", noun: "artifact", member: "latest_id", references: "id", where },
    orderBy: [order],
    ...pageOf(query),
  };
}

function variableFilter(filter: Optional<VariableFilter>): MaybeCondition<Variable> {
  return join<Variable>(filter?.operator, [
    oneOf("id", filter?.id),
    named("name", filter?.name),
    tagged("tags", filter?.tags),
  ]);
}

/** Artifacts that match, and were made by a flow run, task run, flow and deployment that match. */
function artifactMatches(query: Omit<ArtifactQuery, "sort" | "limit" | "offset">): MaybeCondition<Artifact> {
  const { artifacts, flow_runs: flowRuns, task_runs: taskRuns, flows, deployments } = query;
  const flowRun = flowRunMatches({ flow_runs: flowRuns, flows, deployments });
  const taskRun = taskRunMatches({ task_runs: taskRuns });
  return join<Artifact>("and_", [
    artifactFilter(artifacts),
    flowRun && { type: "related", noun: "flow_run", member: "flow_run_id", references: "id", where: flowRun },
    taskRun && { type: "related", noun: "task_run", member: "task_run_id", references: "id", where: taskRun },
  ]);
}

function artifactFilter(filter: Optional<ArtifactFilter>): MaybeCondition<Artifact> {
  return join<Artifact>(filter?.operator, [
    oneOf("id", filter?.id),
    hasKey(filter?.key),
    oneOf("flow_run_id", filter?.flow_run_id),
    oneOf("task_run_id", filter?.task_run_id),
    oneOf("type", filter?.type),
  ]);
}

function hasKey(filter: LatestArtifactFilter["key"]): MaybeCondition<Artifact> {
  const exists = filter?.exists_;
  const isThere: Condition<Artifact> | undefined =
    typeof exists === "boolean" ? { type: "is-missing", member: "key", expected: !exists } : undefined;
  return join<Artifact>("and_", [named("key", filter), isThere]);
}
