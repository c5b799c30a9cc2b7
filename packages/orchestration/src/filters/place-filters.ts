/** What the filters of deployments, work pools and work queues let through, each by itself. */
import type { DeploymentFilter, WorkPoolFilter, WorkQueueFilter } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import type { StoredNouns } from "../stored-nouns.ts";
import { isMissing, join, type MaybeCondition, named, type Optional, oneOf, tagged } from "./wire-filter.ts";

type Deployment = StoredNouns["deployment"];
type WorkPool = StoredNouns["work_pool"];
type WorkQueue = StoredNouns["work_queue"];
type Limit = StoredNouns["concurrency_limit"];

export function deploymentFilter(filter: Optional<DeploymentFilter>): MaybeCondition<Deployment> {
  const isPaused = filter?.paused?.eq_;
  return join<Deployment>(filter?.operator, [
    oneOf("id", filter?.id),
    named("name", filter?.name),
    namedWithFlow(filter?.flow_or_deployment_name?.like_),
    typeof isPaused === "boolean" ? { type: "equals", member: "paused", value: isPaused } : undefined,
    tagged("tags", filter?.tags),
    inQueue(filter?.work_queue_name?.any_),
    limited(filter?.concurrency_limit),
  ]);
}

export function workPoolFilter(filter: Optional<WorkPoolFilter>): MaybeCondition<WorkPool> {
  return join<WorkPool>(filter?.operator, [
    oneOf("id", filter?.id),
    oneOf("name", filter?.name),
    oneOf("type", filter?.type),
  ]);
}

export function workQueueFilter(filter: Optional<WorkQueueFilter>): MaybeCondition<WorkQueue> {
  const prefixes = filter?.name?.startswith_;
  return join<WorkQueue>(filter?.operator, [
    oneOf("id", filter?.id),
    join<WorkQueue>("and_", [
      oneOf("name", { any_: filter?.name?.any_ }),
      prefixes ? { type: "starts-with", member: "name", prefixes } : undefined,
    ]),
  ]);
}

function namedWithFlow(text: Optional<string>): MaybeCondition<Deployment> {
  if (text === null || text === undefined) return undefined;
  const where: Condition<StoredNouns["flow"]> = { type: "contains-text", members: ["name"], text };
  return join<Deployment>("or_", [
    { type: "contains-text", members: ["name"], text },
    { type: "related", noun: "flow", member: "flow_id", references: "id", where },
  ]);
}

function inQueue(names: Optional<readonly string[]>): MaybeCondition<Deployment> {
  if (!names) return undefined;
  const where: Condition<WorkQueue> = { type: "one-of", member: "name", values: names };
  return { type: "related", noun: "work_queue", member: "work_queue_id", references: "id", where };
}

function limited(filter: DeploymentFilter["concurrency_limit"]): MaybeCondition<Deployment> {
  const { ge_: atLeast, le_: atMost } = filter ?? {};
  const where = join<Limit>("and_", [
    typeof atLeast === "number" ? { type: "at-least", member: "limit", value: atLeast } : undefined,
    typeof atMost === "number" ? { type: "at-most", member: "limit", value: atMost } : undefined,
  ]);
  return join<Deployment>("and_", [
    isMissing("concurrency_limit_id", filter?.is_null_),
    where && {
      type: "related",
      noun: "concurrency_limit",
      member: "concurrency_limit_id",
      references: "id",
      where,
    },
  ]);
}
