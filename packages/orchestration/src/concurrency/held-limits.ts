/** Taking and giving back slots in a transaction. */
import type { ConcurrencyLimit } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import type { Moment } from "../local-api/local-context.ts";
import type { Store } from "../store.ts";
import { deniedSlots, freeSlots, returnedSlots, takenSlots } from "./slots.ts";

/** The limits that match, which stay as they are until the transaction ends; always in the order of ids, so that nobody waits in a circle. */
export function holdLimits(store: Store, where: Condition<ConcurrencyLimit>): Promise<ConcurrencyLimit[]> {
  return store
    .objects("concurrency_limit")
    .list({ where, orderBy: [{ member: "id", direction: "asc" }], lock: "wait" });
}

export function holdLimitsById(store: Store, ids: readonly string[]): Promise<ConcurrencyLimit[]> {
  return ids.length === 0 ? Promise.resolve([]) : holdLimits(store, oneOf("id", ids));
}

export function holdLimitsByName(store: Store, names: readonly string[]): Promise<ConcurrencyLimit[]> {
  return holdLimits(store, oneOf("name", names));
}

/** Takes so many slots of each of these held limits, or none; says which. What is refused is counted. */
export async function takeSlots(
  store: Store,
  { limits, slots }: { readonly limits: readonly ConcurrencyLimit[]; readonly slots: number },
  moment: Pick<Moment, "now">,
): Promise<boolean> {
  const enforced = limits.filter((limit) => limit.active);
  const areFree = enforced.every((limit) => freeSlots(limit, moment.now) >= slots);
  const change = areFree ? takenSlots : deniedSlots;
  for (const limit of enforced) {
    await store.objects("concurrency_limit").update(limit.id, change(limit, slots, moment.now));
  }
  return areFree;
}

export interface ReturnedSlots {
  readonly limits: readonly ConcurrencyLimit[];
  readonly slots: number;
  readonly occupancySeconds?: number | undefined;
}

/** Gives slots of these held limits back. */
export async function returnSlots(
  store: Store,
  { limits, slots, occupancySeconds }: ReturnedSlots,
  moment: Pick<Moment, "now">,
): Promise<void> {
  for (const limit of limits) {
    const changes = returnedSlots(limit, slots, occupancySeconds, moment.now);
    await store.objects("concurrency_limit").update(limit.id, changes);
  }
}

function oneOf(member: "id" | "name", values: readonly string[]): Condition<ConcurrencyLimit> {
  return { type: "one-of", member, values };
}
