/** Ends the runs of processes that are gone. */
import { isTerminalStateType, type RunOwner, type StateType } from "@sluice/protocol";
import { coreFlowPolicy } from "../policies.ts";
import { isOwnerAlive as isProcessAlive } from "../process-owner.ts";
import type { LeasedFlowRun, Store } from "../store.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import { compareTimestamps } from "../timestamp.ts";
import type { ProposedState } from "../verdict.ts";
import type { LocalContext, Moment } from "./local-context.ts";
import { proposeFlowRunState } from "./propose-flow-run-state.ts";
import { writeTaskRunState } from "./write-state.ts";

/** How to tell whether owners live. */
export interface SweepOptions {
  /**
   * Whether the process of an owner is there; `undefined` when that cannot be known, as for other hosts. Default: what
   * this host knows of its own processes.
   */
  readonly isOwnerAlive?: ((owner: RunOwner) => boolean | undefined) | undefined;
}

/**
 * Ends runs whose owner is dead, or whose lease ended and whose owner is not known to be alive: as CRASHED, or CANCELLED
 * when they were being cancelled, with their unfinished task runs. Gives the ids of the flow runs that it ended.
 */
export async function sweepLapsedRuns(context: LocalContext, options: SweepOptions): Promise<string[]> {
  const isOwnerAlive = options.isOwnerAlive ?? isProcessAlive;
  const isAbandoned = (leased: LeasedFlowRun) => {
    const isAlive = isOwnerAlive(leased.owner);
    return (
      isAlive === false ||
      (isAlive === undefined && compareTimestamps(leased.leaseExpiresAt, context.now()) < 0)
    );
  };
  const abandoned = (await context.store.flowRuns.listLeased()).filter(isAbandoned);
  const ended: string[] = [];
  for (const { id } of newestFirst(abandoned)) {
    const hasEnded = await context.transaction(undefined, async (store, moment) => {
      // A heartbeat may have come meanwhile.
      const leased = (await store.flowRuns.listLeased()).find((candidate) => candidate.id === id);
      const run = await store.flowRuns.find(id);
      if (leased === undefined || run === undefined || !isAbandoned(leased) || isLeftToOthers(run))
        return false;
      return endRun(store, { run, leased }, moment);
    });
    if (hasEnded) ended.push(id);
  }
  return ended;
}

/** Sub-flow runs are newer than their parents, and end before them, as they would have. */
function newestFirst(leased: readonly LeasedFlowRun[]): LeasedFlowRun[] {
  return leased.toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

/** A scheduled run of a deployment will be taken by another process, unless its own is to retry it. */
function isLeftToOthers(run: StoredFlowRun): boolean {
  return (
    run.state_type === "SCHEDULED" &&
    run.deployment_id !== null &&
    run.empirical_policy.retry_type !== "in_process"
  );
}

async function endRun(
  store: Store,
  abandoned: { readonly run: StoredFlowRun; readonly leased: LeasedFlowRun },
  moment: Moment,
): Promise<boolean> {
  const { run, leased } = abandoned;
  const state = endState(run.state_type, leased);
  const result = await proposeFlowRunState(store, { run, state, policy: coreFlowPolicy }, moment);
  if (result.state === null || !isTerminalStateType(result.state.type)) return false;
  for (const id of await store.taskRuns.listUnfinished(run.id)) {
    const taskRun = await store.taskRuns.find(id);
    if (taskRun !== undefined) await writeTaskRunState(store, { run: taskRun, state }, moment);
  }
  return true;
}

function endState(current: StateType | null, { owner, lastHeartbeatAt }: LeasedFlowRun): ProposedState {
  const process = `process ${owner.pid} on ${owner.host}`;
  const message = `The run was left by ${process}, which is gone or no longer reports; its last heartbeat was at ${lastHeartbeatAt}.`;
  const [type, name] =
    current === "CANCELLING" ? (["CANCELLED", "Cancelled"] as const) : (["CRASHED", "Crashed"] as const);
  return { type, name, message, data: null, state_details: {} };
}
