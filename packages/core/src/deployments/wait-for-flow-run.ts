/** Waits for the end of a run that is carried out elsewhere. */
import { type FlowRun, isTerminalStateType, type OrchestrationApi } from "@sluice/protocol";
import type { Clock } from "../runtime/clock.ts";

export interface WaitForFlowRunOptions {
  readonly api: OrchestrationApi;
  readonly clock: Clock;
  /** Longest time between two looks; default 5. */
  readonly pollSeconds?: number | undefined;
  /** Default: as long as it takes. */
  readonly timeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_POLL_MS = 100;
const GROWTH = 1.3;
const DEFAULT_POLL_SECONDS = 5;

/** The run when it has ended or the time is over. Looks come close to each other at first, as most runs are short. */
export async function waitForFlowRun(run: FlowRun, options: WaitForFlowRunOptions): Promise<FlowRun> {
  const { api, clock, timeoutSeconds, pollSeconds = DEFAULT_POLL_SECONDS, signal } = options;
  const deadlineUs = timeoutSeconds === undefined ? undefined : clock.nowUs() + timeoutSeconds * 1_000_000;
  let latest = run;
  for (let waitMs = FIRST_POLL_MS; !hasEnded(latest); waitMs *= GROWTH) {
    const leftMs = deadlineUs === undefined ? undefined : (deadlineUs - clock.nowUs()) / 1000;
    if (leftMs !== undefined && leftMs <= 0) return latest;
    await clock.sleep(Math.min(waitMs, pollSeconds * 1000, leftMs ?? waitMs), signal);
    latest = await api.flowRuns.get(run.id, { signal });
  }
  return latest;
}

function hasEnded({ state_type: type }: FlowRun): boolean {
  return type !== null && isTerminalStateType(type);
}
