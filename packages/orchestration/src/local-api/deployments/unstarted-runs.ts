/** Runs of deployments that nobody has begun. */
import type { Condition } from "../../conditions.ts";
import type { Store } from "../../store.ts";
import type { StoredFlowRun } from "../../stored-nouns.ts";

const BATCH = 200;

export interface UnstartedRuns {
  /** Whether only those that a schedule made. */
  readonly isAutoScheduled?: boolean | undefined;
  /** Only those for this instant or a later one. */
  readonly from?: string | undefined;
}

/**
 * Deletes them; runs that wait for a slot or for another attempt have begun. Until the transaction ends, the scheduler
 * makes none anew.
 */
export async function deleteUnstartedRuns(
  store: Store,
  deploymentId: string,
  runs: UnstartedRuns,
): Promise<void> {
  const conditions: Condition<StoredFlowRun>[] = [
    { type: "equals", member: "deployment_id", value: deploymentId },
    { type: "one-of", member: "state_type", values: ["SCHEDULED"] },
    { type: "none-of", member: "state_name", values: ["AwaitingConcurrencySlot"] },
    { type: "equals", member: "run_count", value: 0 },
  ];
  if (runs.isAutoScheduled === true) {
    conditions.push({ type: "equals", member: "auto_scheduled", value: true });
  }
  if (runs.from !== undefined) {
    conditions.push({ type: "at-least", member: "next_scheduled_start_time", value: runs.from });
  }
  const where = { type: "all", conditions } as const;
  await store.objects("deployment_schedule").list({
    where: { type: "equals", member: "deployment_id", value: deploymentId },
    lock: "wait",
  });
  for (;;) {
    const batch = await store.flowRuns.list({ where, limit: BATCH });
    for (const { id } of batch) await store.flowRuns.delete(id);
    if (batch.length < BATCH) return;
  }
}
