/** Which deployments match, by themselves and by what belongs to them. */
import type { DeploymentPageQuery, DeploymentQuery } from "@sluice/protocol";
import type { ObjectQuery, Order } from "../conditions.ts";
import type { StoredNouns } from "../stored-nouns.ts";
import { flowMatches, flowRunMatches } from "./noun-filters.ts";
import { deploymentFilter, workPoolFilter, workQueueFilter } from "./place-filters.ts";
import { pageOf } from "./run-queries.ts";
import { join, type MaybeCondition } from "./wire-filter.ts";

type Deployment = StoredNouns["deployment"];
type WorkQueue = StoredNouns["work_queue"];
type Filters = Omit<DeploymentPageQuery, "page" | "limit" | "sort">;

const ORDERS: Readonly<Record<NonNullable<DeploymentQuery["sort"]>, Order<Deployment>>> = {
  CREATED_DESC: { member: "created", direction: "desc" },
  UPDATED_DESC: { member: "updated", direction: "desc" },
  NAME_ASC: { member: "name", direction: "asc" },
  NAME_DESC: { member: "name", direction: "desc" },
};

/** Sorted by name unless asked otherwise. */
export function deploymentQuery(query: DeploymentQuery): ObjectQuery<Deployment> {
  return {
    where: deploymentMatches(query),
    orderBy: [ORDERS[query.sort ?? "NAME_ASC"]],
    ...pageOf(query),
  };
}

/** Deployments that match, whose flow and queue match, and of which one run matches. */
export function deploymentMatches(filters: Filters): MaybeCondition<Deployment> {
  const flow = flowMatches({ flows: filters.flows });
  const run = flowRunMatches({ flow_runs: filters.flow_runs, task_runs: filters.task_runs });
  const pool = workPoolFilter(filters.work_pools);
  const queue = join<WorkQueue>("and_", [
    workQueueFilter(filters.work_pool_queues),
    pool && { type: "related", noun: "work_pool", member: "work_pool_id", references: "id", where: pool },
  ]);
  return join<Deployment>("and_", [
    deploymentFilter(filters.deployments),
    flow && { type: "related", noun: "flow", member: "flow_id", references: "id", where: flow },
    run && { type: "related", noun: "flow_run", member: "id", references: "deployment_id", where: run },
    queue && { type: "related", noun: "work_queue", member: "work_queue_id", references: "id", where: queue },
  ]);
}
