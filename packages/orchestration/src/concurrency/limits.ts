/** Making and deleting concurrency limits. */
import type { ConcurrencyLimit, ConcurrencyLimitCreate } from "@sluice/protocol";
import { concurrencyLimitEvent } from "../events/concurrency-limit-events.ts";
import type { Moment } from "../local-api/local-context.ts";
import type { Store } from "../store.ts";
import type { TransitionContext } from "../transition.ts";
import { leasesOf } from "./leases.ts";
import { FIRST_OCCUPANCY_SECONDS } from "./slots.ts";

/** A limit that is not stored yet. */
export function newLimit(create: ConcurrencyLimitCreate, moment: TransitionContext): ConcurrencyLimit {
  return {
    id: moment.newId(),
    created: moment.now,
    updated: moment.now,
    active: create.active ?? true,
    name: create.name,
    limit: create.limit,
    active_slots: create.active_slots ?? 0,
    denied_slots: create.denied_slots ?? 0,
    slot_decay_per_second: create.slot_decay_per_second ?? 0,
    avg_slot_occupancy_seconds: FIRST_OCCUPANCY_SECONDS,
  };
}

/** Deletes a held limit; leases go on with their other limits, and deployments without one. */
export async function deleteLimit(store: Store, limit: ConcurrencyLimit, moment: Moment): Promise<void> {
  for (const lease of await leasesOf(store, [limit.id])) {
    const limit_ids = lease.limit_ids.filter((id) => id !== limit.id);
    if (limit_ids.length > 0) await store.objects("concurrency_lease").update(lease.id, { limit_ids });
    else await store.objects("concurrency_lease").delete(lease.id);
  }
  const deployments = store.objects("deployment");
  const limited = await deployments.list({
    where: { type: "equals", member: "concurrency_limit_id", value: limit.id },
  });
  for (const { id } of limited)
    await deployments.update(id, { concurrency_limit_id: null, updated: moment.now });
  await store.objects("concurrency_limit").delete(limit.id);
  moment.emit(concurrencyLimitEvent("deleted", limit, moment));
}
