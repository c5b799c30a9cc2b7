/** The end of what was begun in a flow run. */
import type { FlowRun } from "./flow-run.ts";

/** For the ends of tasks that are given up when their own grace time is over. */
const ENDS_MS = 1000;

/**
 * Waits for tasks and sub-flows, also those that the flow's function called and did not await; after an interruption only a little longer than the grace time.
 *
 * @returns whether all have ended.
 */
export async function settleWork(flowRun: FlowRun): Promise<boolean> {
  const idle = flowRun.whenIdle().then(() => true);
  if (flowRun.interruption === undefined) {
    const interrupted = new Promise<false>((resolve) => {
      flowRun.onInterrupt = () => resolve(false);
    });
    const isIdle = await Promise.race([idle, interrupted]);
    flowRun.onInterrupt = undefined;
    if (isIdle) return true;
  }
  let stopGrace: (() => void) | undefined;
  const grace = new Promise<false>((resolve) => {
    stopGrace = flowRun.services.clock.startTimer(() => resolve(false), flowRun.graceMs + ENDS_MS);
  });
  const isIdle = await Promise.race([idle, grace]);
  stopGrace?.();
  return isIdle;
}
