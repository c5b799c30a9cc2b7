/** Gives back the slots of those who no longer renew their leases. */
import { endLease, hasEnded } from "../concurrency/leases.ts";
import type { LocalContext } from "../local-api/local-context.ts";

const BATCH = 200;

/** What one step came to. */
export interface RepossessionReport {
  readonly ended: number;
  /** Whether more leases have ended than one step takes. */
  readonly hasMore: boolean;
}

/** Ends leases that were not renewed in time. */
export async function repossessLeases(context: LocalContext): Promise<RepossessionReport> {
  const leases = await context.store.objects("concurrency_lease").list({
    where: { type: "at-most", member: "expiration", value: context.now() },
    orderBy: [{ member: "expiration", direction: "asc" }],
    limit: BATCH,
  });
  let ended = 0;
  for (const { id } of leases) {
    // Somebody may have renewed the lease meanwhile, or given it back.
    const hasDone = await context.transaction(undefined, (store, moment) =>
      endLease(store, id, moment, (lease) => hasEnded(lease, moment.now)),
    );
    if (hasDone) ended += 1;
  }
  return { ended, hasMore: leases.length === BATCH && ended > 0 };
}
