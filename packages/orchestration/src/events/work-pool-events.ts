/** What is told of work pools and their queues. */
import type { Event } from "@sluice/protocol";
import type { StoredWorkPool, StoredWorkQueue } from "../stored-nouns.ts";
import type { TransitionContext } from "../transition.ts";

type Resource = Record<string, string>;
type Payload = Readonly<Record<string, unknown>>;

/** What happened: it was made, changed, deleted, or its status is another now. */
export type PoolAction = "created" | "updated" | "deleted" | "ready" | "not-ready" | "paused";

export function workPoolEvent(
  action: PoolAction,
  pool: StoredWorkPool,
  moment: TransitionContext,
  payload: Payload = {},
): Event {
  return event(`prefect.work-pool.${action}`, poolResource(pool), moment, { payload });
}

export function workQueueEvent(
  action: PoolAction,
  { queue, pool }: { readonly queue: StoredWorkQueue; readonly pool: StoredWorkPool },
  moment: TransitionContext,
  payload: Payload = {},
): Event {
  const resource = {
    "prefect.resource.id": `prefect.work-queue.${queue.id}`,
    "prefect.resource.name": queue.name,
    "prefect.resource.role": "work-queue",
  };
  const related = [{ ...poolResource(pool), "prefect.resource.role": "work-pool" }];
  return event(`prefect.work-queue.${action}`, resource, moment, { related, payload });
}

/** The members that changed, with what they were and are. */
export function changesPayload<T extends object>(before: T, changes: Partial<T>): Payload | undefined {
  const names = Object.keys(changes) as (keyof T & string)[];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(changes[name]));
  if (changed.length === 0) return undefined;
  const updates = changed.map((name) => [name, { from: before[name], to: changes[name] }]);
  return { updated_fields: changed, updates: Object.fromEntries(updates) };
}

function poolResource(pool: StoredWorkPool): Resource {
  return {
    "prefect.resource.id": `prefect.work-pool.${pool.id}`,
    "prefect.resource.name": pool.name,
    "prefect.work-pool.type": pool.type,
  };
}

function event(
  name: string,
  resource: Resource,
  moment: TransitionContext,
  members: { readonly related?: Resource[]; readonly payload: Payload },
): Event {
  return {
    id: moment.newId(),
    occurred: moment.now,
    event: name,
    resource,
    related: members.related ?? [],
    payload: members.payload,
    follows: null,
    received: moment.now,
  };
}
