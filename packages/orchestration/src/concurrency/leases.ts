/** Slots that are held by a lease: until it is given back, or ends. */
import type { ConcurrencyHolder, ConcurrencyLease, ConcurrencyLimit } from "@sluice/protocol";
import type { Moment } from "../local-api/local-context.ts";
import type { Store } from "../store.ts";
import { addSeconds, compareTimestamps, secondsBetween } from "../timestamp.ts";
import { holdLimitsById, returnSlots } from "./held-limits.ts";

/** For holders that do not renew leases but give them back when they end. */
const AS_LONG_AS_HELD_SECONDS = 100 * 365 * 86_400;

export interface NewLease {
  /** Limits whose slots were taken. */
  readonly limits: readonly Pick<ConcurrencyLimit, "id">[];
  readonly slots: number;
  /** Null: until it is given back. */
  readonly seconds: number | null;
  readonly holder: ConcurrencyHolder | null;
  readonly id?: string | undefined;
}

/** Keeps a lease of slots that were taken in this transaction. */
export async function openLease(store: Store, lease: NewLease, moment: Moment): Promise<ConcurrencyLease> {
  const { object } = await store.objects("concurrency_lease").insert({
    id: lease.id ?? moment.newId(),
    created: moment.now,
    limit_ids: lease.limits.map(({ id }) => id),
    slots: lease.slots,
    holder: lease.holder,
    expiration: leaseEnd(lease.seconds, moment),
  });
  return object;
}

/** Lets a lease end that many seconds from now (null: not by itself). Says whether it still held its slots. */
export function extendLease(
  store: Store,
  lease: { readonly id: string; readonly seconds: number | null },
  moment: Pick<Moment, "now">,
): Promise<boolean> {
  const expiration = leaseEnd(lease.seconds, moment);
  return store.objects("concurrency_lease").update(lease.id, { expiration });
}

/** Ends a lease and gives its slots back. False when somebody did already, or when `shouldEnd` says that it goes on. */
export async function endLease(
  store: Store,
  id: string,
  moment: Pick<Moment, "now">,
  shouldEnd: (lease: ConcurrencyLease) => boolean = () => true,
): Promise<boolean> {
  const leases = store.objects("concurrency_lease");
  const [seen] = await leases.list({ where: { type: "equals", member: "id", value: id }, limit: 1 });
  if (seen === undefined) return false;
  // Limits are held before leases everywhere, so that nobody waits in a circle.
  const limits = await holdLimitsById(store, seen.limit_ids);
  const lease = await leases.find(id);
  if (lease === undefined || !shouldEnd(lease)) return false;
  await leases.delete(id);
  const occupancySeconds = Math.max(0, secondsBetween(lease.created, moment.now));
  await returnSlots(store, { limits, slots: lease.slots, occupancySeconds }, moment);
  return true;
}

/** Leases of slots of a limit. */
export function leasesOf(store: Store, limitIds: readonly string[]): Promise<ConcurrencyLease[]> {
  if (limitIds.length === 0) return Promise.resolve([]);
  return store
    .objects("concurrency_lease")
    .list({ where: { type: "contains-any", member: "limit_ids", values: limitIds } });
}

export function hasEnded(lease: ConcurrencyLease, now: string): boolean {
  return compareTimestamps(lease.expiration, now) <= 0;
}

function leaseEnd(seconds: number | null, { now }: Pick<Moment, "now">): string {
  return addSeconds(now, seconds ?? AS_LONG_AS_HELD_SECONDS);
}
