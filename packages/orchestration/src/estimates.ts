/** Members of runs that depend on the time of reading. */
import { type FlowRun, isTerminalStateType, type TaskRun } from "@sluice/protocol";
import type { ComputedMembers, StoredFlowRun, StoredTaskRun } from "./stored-nouns.ts";
import { secondsBetween } from "./timestamp.ts";

/** A flow run as it is read at an instant. */
export function withEstimates(run: StoredFlowRun, now: string): FlowRun {
  return { ...run, ...estimates(run, now) };
}

/** A task run as it is read at an instant. */
export function taskRunWithEstimates(run: StoredTaskRun, now: string): TaskRun {
  return { ...run, ...estimates(run, now) };
}

/** The members of a run that are computed when it is read. */
export function estimates(run: StoredFlowRun | StoredTaskRun, now: string): Pick<FlowRun, ComputedMembers> {
  return { estimated_run_time: runTime(run, now), estimated_start_time_delta: lateness(run, now) };
}

function runTime(run: StoredFlowRun | StoredTaskRun, now: string): number {
  if (run.state?.type !== "RUNNING") return run.total_run_time;
  return run.total_run_time + Math.max(0, secondsBetween(run.state.timestamp, now));
}

/** Seconds between the expected and the real start; of a run that neither started nor ended, until now. */
function lateness(run: StoredFlowRun | StoredTaskRun, now: string): number {
  if (run.expected_start_time === null) return 0;
  if (run.start_time !== null) return Math.max(0, secondsBetween(run.expected_start_time, run.start_time));
  const hasEnded = run.state !== null && isTerminalStateType(run.state.type);
  return hasEnded ? 0 : Math.max(0, secondsBetween(run.expected_start_time, now));
}
