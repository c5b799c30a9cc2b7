/** Deletes flow runs, with what follows from it. */
import type { ApiCallOptions } from "@sluice/protocol";
import { endLease } from "../concurrency/leases.ts";
import { releaseTagSlotsOf } from "../concurrency/tag-slots.ts";
import type { Store } from "../store.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import { slotLeaseId } from "../transition.ts";
import type { LocalContext, Moment } from "./local-context.ts";
import { tellLifecycle } from "./tell.ts";

/**
 * Deletes a run with its states, task runs and logs, and gives back the slots that it holds of its deployment's limit and
 * its task runs of those of their tags.
 */
export async function deleteFlowRun(store: Store, run: StoredFlowRun, moment: Moment): Promise<void> {
  const leaseId = slotLeaseId(run);
  if (leaseId !== null) await endLease(store, leaseId, moment);
  await releaseTagSlotsOf(store, run.id, moment);
  await store.flowRuns.delete(run.id);
  tellLifecycle({ kind: "flow-run", action: "deleted", id: run.id, name: run.name }, moment);
}

/** Deletes runs that were listed, each in a transaction of its own, unless they are gone meanwhile or go on. */
export async function deleteListedFlowRuns(
  context: LocalContext,
  listed: readonly StoredFlowRun[],
  options?: ApiCallOptions,
): Promise<void> {
  for (const { id, end_time } of listed) {
    await context.transaction(options, async (store, moment) => {
      const run = await store.flowRuns.find(id);
      if (run !== undefined && run.end_time === end_time) await deleteFlowRun(store, run, moment);
    });
  }
}
