/** Deletes flow runs, with what follows from it. */
import { endLease } from "../concurrency/leases.ts";
import type { Store } from "../store.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import { slotLeaseId } from "../transition.ts";
import type { Moment } from "./local-context.ts";
import { tellLifecycle } from "./tell.ts";

/** Deletes a run with its states, task runs and logs, and gives back the slot that it holds of its deployment's limit. */
export async function deleteFlowRun(store: Store, run: StoredFlowRun, moment: Moment): Promise<void> {
  const leaseId = slotLeaseId(run);
  if (leaseId !== null) await endLease(store, leaseId, moment);
  await store.flowRuns.delete(run.id);
  tellLifecycle({ kind: "flow-run", action: "deleted", id: run.id, name: run.name }, moment);
}
