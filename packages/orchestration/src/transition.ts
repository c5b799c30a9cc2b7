/**
 * What entering a state does to a run, whoever decided on it: pure functions from a run and a state to the members that
 * change. They hold for every transition, forced or not, in the order written here.
 */
import { isTerminalStateType, type StateType, type WireState } from "@sluice/protocol";
import type { StoredFlowRun, StoredTaskRun } from "./stored-nouns.ts";
import { addSeconds, compareTimestamps, secondsBetween } from "./timestamp.ts";
import type { ProposedState } from "./verdict.ts";

/** A state to be written, and the members of the run that change with it. */
export interface Transition<Run> {
  readonly state: WireState;
  readonly changes: Partial<Run>;
}

/** The moment of a transition. */
export interface TransitionContext {
  /** Canonical text. */
  readonly now: string;
  readonly newId: () => string;
}

const MICROSECOND_SECONDS = 1e-6;

type Run = Pick<
  StoredFlowRun & StoredTaskRun,
  "state" | "run_count" | "start_time" | "end_time" | "total_run_time" | "expected_start_time"
>;

/** A flow run enters a state; `takenLeaseId` is the lease of a slot of its deployment's limit that it took on the way. */
export function enterFlowRunState(
  run: StoredFlowRun,
  proposal: ProposedState,
  context: TransitionContext & { readonly takenLeaseId?: string | undefined },
): Transition<StoredFlowRun> {
  const ids = {
    flow_run_id: run.id,
    task_run_id: run.parent_task_run_id,
    deployment_concurrency_lease_id: holdsSlot(run, proposal)
      ? (context.takenLeaseId ?? slotLeaseId(run))
      : null,
  };
  const state = toState(run, proposal, ids, context);
  const isResuming = run.empirical_policy.resuming === true;
  const endsResuming = isResuming && (state.type === "RUNNING" || isTerminalStateType(state.type));
  return {
    state,
    changes: {
      ...commonChanges(run, state),
      ...(state.type === "RUNNING" && !isResuming && { run_count: run.run_count + 1 }),
      ...(endsResuming && { empirical_policy: { ...run.empirical_policy, resuming: false } }),
    },
  };
}

/** The lease of the slot that a run has of its deployment's limit. */
export function slotLeaseId(run: Pick<StoredFlowRun, "state">): string | null {
  return run.state?.state_details.deployment_concurrency_lease_id ?? null;
}

const HOLDING_TYPES: readonly StateType[] = ["PENDING", "RUNNING", "CANCELLING"];

/** A run has its slot from PENDING to its end, and while it waits in its own process for its next attempt. */
function holdsSlot(run: StoredFlowRun, { type }: ProposedState): boolean {
  return (
    HOLDING_TYPES.includes(type) || (type === "SCHEDULED" && run.empirical_policy.retry_type === "in_process")
  );
}

/** A task run enters a state. */
export function enterTaskRunState(
  run: StoredTaskRun,
  proposal: ProposedState,
  context: TransitionContext,
): Transition<StoredTaskRun> {
  const ids = { flow_run_id: run.flow_run_id, task_run_id: run.id };
  const state = toState(run, proposal, ids, context);
  return {
    state,
    changes: {
      ...commonChanges(run, state),
      ...(state.type === "RUNNING" && { run_count: run.run_count + 1 }),
    },
  };
}

/** The state of a sub-flow run as its parent's task run shows it. */
export function mirroredState(childFlowRunId: string, state: WireState): ProposedState {
  const { type, name, message, data } = state;
  return {
    type,
    name,
    message,
    data,
    state_details: { ...state.state_details, child_flow_run_id: childFlowRunId },
  };
}

/** Gives a proposed state its id, its place in time and in the run, and a SCHEDULED one its time. */
function toState(
  run: Run,
  proposal: ProposedState,
  ids: Partial<WireState["state_details"]>,
  context: TransitionContext,
): WireState {
  const timestamp = uniqueTimestamp(run, context.now);
  const details = { ...proposal.state_details, ...ids };
  if (proposal.type === "SCHEDULED") details.scheduled_time ??= timestamp;
  const { type, name, message, data } = proposal;
  return { id: context.newId(), type, name, timestamp, message, data, state_details: details };
}

/** Now, or where the clock has not moved on since the current state, a microsecond after that. */
function uniqueTimestamp(run: Run, now: string): string {
  const last = run.state?.timestamp;
  return last === undefined || compareTimestamps(now, last) > 0 ? now : addSeconds(last, MICROSECOND_SECONDS);
}

function commonChanges(run: Run, state: WireState): Partial<StoredFlowRun & StoredTaskRun> {
  return {
    state,
    state_id: state.id,
    state_type: state.type,
    state_name: state.name,
    ...startTime(run, state),
    ...endTime(run, state),
    ...runTime(run, state),
    ...expectedStart(run, state),
    next_scheduled_start_time:
      state.type === "SCHEDULED" ? (state.state_details.scheduled_time ?? null) : null,
  };
}

/** A run starts when it first runs, or when it ends without having run. */
function startTime(run: Run, state: WireState): Partial<Run> {
  const isStart = state.type === "RUNNING" || isTerminalStateType(state.type);
  return run.start_time === null && isStart ? { start_time: state.timestamp } : {};
}

/** A run that goes on after its end has not ended. */
function endTime(run: Run, state: WireState): Partial<Run> {
  if (isTerminalStateType(state.type)) return { end_time: state.timestamp };
  return run.end_time === null ? {} : { end_time: null };
}

function runTime(run: Run, state: WireState): Partial<Run> {
  if (run.state?.type !== "RUNNING") return {};
  return { total_run_time: run.total_run_time + secondsBetween(run.state.timestamp, state.timestamp) };
}

function expectedStart(run: Run, state: WireState): Partial<Run> {
  if (run.expected_start_time !== null) return {};
  const scheduledTime = state.type === "SCHEDULED" ? state.state_details.scheduled_time : undefined;
  return { expected_start_time: scheduledTime ?? state.timestamp };
}
