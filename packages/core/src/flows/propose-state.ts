/** Asks orchestration to bring a flow run into a state, and follows what it says. */
import { isSluiceError, newId, type OrchestrationResult } from "@sluice/protocol";
import { usFromIso } from "../runtime/clock.ts";
import type { FlowRun } from "../runtime/flow-run.ts";
import { stateOfInterruption } from "../runtime/interruption.ts";
import { AbortedRunError } from "../states/run-errors.ts";
import { State } from "../states/state.ts";
import { Cancelled, Crashed } from "../states/state-factories.ts";

/**
 * The state that the run is in after the proposal, with this process's data. A run that is interrupted while
 * orchestration lets it wait is in no new state: then the state of that interruption is given, which was not proposed.
 *
 * @throws {AbortedRunError} when orchestration refuses to go on with the run.
 */
export async function proposeState(
  flowRun: FlowRun,
  state: State,
  transitionId: string = newId(),
): Promise<State> {
  for (;;) {
    // Servers retry what fails while there are retries left, whatever its details say: force is how to end it.
    const force = state.isFailed() && state.details.retriable === false;
    const proposal = { state: state.toProposal(transitionId), force };
    const answer = await flowRun.services.api.flowRuns.setState(flowRun.id, proposal);
    if (answer.status !== "WAIT") return follow(flowRun, answer, state);
    await pause(flowRun, answer.details.delay_seconds * 1000);
    if (flowRun.interruption !== undefined && !state.isFinal()) {
      return stateOfInterruption(flowRun.interruption);
    }
  }
}

const FINAL_TRIES = 3;
/** A try that waited longer than this for a locked history is the last. */
const FINAL_PATIENCE_MS = 10_000;

/**
 * Proposes the state that an attempt ended in; a run that somebody has begun to cancel ends Cancelled instead. It
 * survives a history that is away: the state is handed to the recorder, which writes it when the history is back, and
 * the flow ends here all the same.
 */
export async function proposeFinalState(flowRun: FlowRun, state: State): Promise<State> {
  const { services, id } = flowRun;
  // One id for all tries: when only the answer was lost, the next try changes nothing.
  const transitionId = newId();
  const lastStart = performance.now() + FINAL_PATIENCE_MS;
  for (let tries = 1; ; tries += 1) {
    try {
      const answer = await proposeState(flowRun, state, transitionId);
      if (!answer.isCancelling()) return answer;
      return await proposeState(flowRun, Cancelled({ message: "Flow run was cancelled while it ran" }));
    } catch (error) {
      if (error instanceof AbortedRunError) return Crashed({ message: error.message, data: error });
      flowRun.engineLogger.warn("The state of the flow run could not be recorded now", {
        state: state.name,
        error,
      });
      if (isRefusal(error)) return state;
      if (tries === FINAL_TRIES || performance.now() > lastStart) {
        services.recorder.recordFlowRunState(id, state.toProposal(transitionId));
        return state;
      }
      await services.clock.sleep(100 * 4 ** tries);
    }
  }
}

/** Waits for the time of a scheduled state; an interruption of the run ends the wait. */
export async function pauseUntilScheduled(flowRun: FlowRun, state: State): Promise<void> {
  const time = state.details.scheduled_time;
  if (time === undefined || time === null) return;
  await pause(flowRun, Math.ceil((usFromIso(time) - flowRun.services.clock.nowUs()) / 1000));
}

/** A history that answers, but does not take this (the run was deleted): trying again does not help. */
function isRefusal(error: unknown): boolean {
  return isSluiceError(error) && error.httpStatus < 500;
}

function follow(
  flowRun: FlowRun,
  answer: Exclude<OrchestrationResult, { readonly status: "WAIT" }>,
  proposed: State,
): State {
  if (answer.status === "ACCEPT") return State.fromWire(answer.state, proposed.data);
  if (answer.status === "REJECT" && answer.state !== null) {
    return State.fromWire(answer.state, proposed.data);
  }
  const reason = answer.details.reason ?? "no reason given";
  throw new AbortedRunError(
    `Orchestration refused to bring flow run ${flowRun.name} (${flowRun.id}) to ${proposed.name}: ${reason}`,
  );
}

/** An interruption ends the pause early; the next step sees it. */
async function pause(flowRun: FlowRun, ms: number): Promise<void> {
  if (ms <= 0) return;
  await flowRun.services.clock.sleep(ms, flowRun.signal).catch(() => undefined);
}
