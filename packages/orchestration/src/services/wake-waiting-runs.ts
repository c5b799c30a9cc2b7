/** Lets runs that wait for a slot of their deployment's limit ask again as soon as one is free. */
import { freeSlots } from "../concurrency/slots.ts";
import type { Condition } from "../conditions.ts";
import type { LocalContext } from "../local-api/local-context.ts";
import { toProposal } from "../local-api/proposals.ts";
import { proposeFlowRunState } from "../local-api/propose-flow-run-state.ts";
import { minimalFlowPolicy } from "../policies.ts";
import { AWAITING_SLOT, SLOT_WAIT_SECONDS } from "../rules/secure-concurrency-slot.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import { addSeconds, compareTimestamps } from "../timestamp.ts";

const BATCH = 200;

/** Makes as many waiting runs due as slots are free, those that were expected first; gives how many. */
export async function wakeWaitingRuns(context: LocalContext): Promise<number> {
  const waiting = await context.store.flowRuns.list({
    where: waitingRuns(context.now()),
    orderBy: [{ member: "expected_start_time", direction: "asc" }],
    limit: BATCH,
  });
  let woken = 0;
  for (const [limitId, runs] of await byLimit(context, waiting)) {
    // Runs that are due already take what is free before those that are woken now.
    const isDue = (run: StoredFlowRun): boolean =>
      compareTimestamps(run.next_scheduled_start_time ?? "", context.now()) <= 0;
    const free = (await freeOf(context, limitId)) - runs.filter(isDue).length;
    const next = runs.filter((run) => !isDue(run)).slice(0, Math.max(0, free));
    for (const { id } of next) if (await wake(context, id)) woken += 1;
  }
  return woken;
}

function waitingRuns(now: string): Condition<StoredFlowRun> {
  return {
    type: "all",
    conditions: [
      { type: "equals", member: "state_type", value: "SCHEDULED" },
      { type: "equals", member: "state_name", value: AWAITING_SLOT },
      { type: "at-most", member: "next_scheduled_start_time", value: addSeconds(now, SLOT_WAIT_SECONDS) },
    ],
  };
}

/** Deployments may share a limit. */
async function byLimit(
  { store }: LocalContext,
  runs: readonly StoredFlowRun[],
): Promise<ReadonlyMap<string, StoredFlowRun[]>> {
  const ids = new Set(runs.flatMap(({ deployment_id: id }) => (id === null ? [] : [id])));
  const deployments = await store
    .objects("deployment")
    .list({ where: { type: "one-of", member: "id", values: [...ids] } });
  const limitIds = new Map(deployments.map((deployment) => [deployment.id, deployment.concurrency_limit_id]));
  const grouped = new Map<string, StoredFlowRun[]>();
  for (const run of runs) {
    const limitId = limitIds.get(run.deployment_id ?? "") ?? null;
    if (limitId !== null) grouped.set(limitId, [...(grouped.get(limitId) ?? []), run]);
  }
  return grouped;
}

async function freeOf(context: LocalContext, limitId: string): Promise<number> {
  const [limit] = await context.store
    .objects("concurrency_limit")
    .list({ where: { type: "equals", member: "id", value: limitId }, limit: 1 });
  return limit === undefined ? 0 : freeSlots(limit, context.now());
}

/** Somebody may have taken the run meanwhile. */
function wake(context: LocalContext, id: string): Promise<boolean> {
  return context.transaction(undefined, async (store, moment) => {
    const run = await store.flowRuns.find(id);
    if (run?.state_type !== "SCHEDULED" || run.state_name !== AWAITING_SLOT) return false;
    const state = toProposal({
      type: "SCHEDULED",
      name: AWAITING_SLOT,
      state_details: { scheduled_time: moment.now },
    });
    const result = await proposeFlowRunState(store, { run, state, policy: minimalFlowPolicy }, moment);
    return result.status === "ACCEPT";
  });
}
