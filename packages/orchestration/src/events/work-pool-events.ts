/** What is told of work pools and their queues. */
import type { Event } from "@sluice/protocol";
import type { StoredWorkPool } from "../stored-nouns.ts";
import type { TransitionContext } from "../transition.ts";
import type { Place } from "../work-pools/find.ts";
import { lifecycleEvent, type Resource, relatedResource } from "./lifecycle-event.ts";

type Payload = Readonly<Record<string, unknown>>;

/** What happened: it was made, changed, deleted, or its status is another now. */
export type PoolAction = "created" | "updated" | "deleted" | "ready" | "not-ready" | "paused";

export function workPoolEvent(
  action: PoolAction,
  pool: StoredWorkPool,
  moment: TransitionContext,
  payload?: Payload,
): Event {
  const { id, name } = pool;
  const event = lifecycleEvent({ kind: "work-pool", action, id, name, payload }, moment);
  return { ...event, resource: { ...event.resource, ...poolType(pool) } };
}

export function workQueueEvent(
  action: PoolAction,
  { queue, pool }: Place,
  moment: TransitionContext,
  payload?: Payload,
): Event {
  const { id, name } = queue;
  const related = [{ ...relatedResource("work-pool", pool.id, pool.name), ...poolType(pool) }];
  return lifecycleEvent({ kind: "work-queue", action, id, name, related, payload }, moment);
}

/** The members that changed, with what they were and are. */
export function changesPayload<T extends object>(before: T, changes: Partial<T>): Payload | undefined {
  const names = Object.keys(changes) as (keyof T & string)[];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(changes[name]));
  if (changed.length === 0) return undefined;
  const updates = changed.map((name) => [name, { from: before[name], to: changes[name] }]);
  return { updated_fields: changed, updates: Object.fromEntries(updates) };
}

function poolType({ type }: StoredWorkPool): Resource {
  return { "prefect.work-pool.type": type };
}
