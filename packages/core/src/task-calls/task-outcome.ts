/** The end of a task run on its way from another process. */
import type { ResultReference } from "@sluice/protocol";
import { futureInternals, TaskFuture } from "../futures/task-future.ts";
import type { FlowRun } from "../runtime/flow-run.ts";
import { jsonSerializer } from "../serializers/json-serializer.ts";
import { State, type StateData } from "../states/state.ts";
import { Failed } from "../states/state-factories.ts";
import { describe } from "../tasks/runner-failure.ts";
import type { TaskOutcome, UnseenFailure } from "./task-call.ts";

/** A final state as it can be sent: the state, and its value or error as bytes. */
export interface SentState {
  readonly state: State;
  readonly payload: Uint8Array | undefined;
}

/** Makes bytes of what a state carries. A value that cannot be sent makes the state Failed. */
export async function sentState(state: State, taskName: string): Promise<SentState> {
  try {
    return { state, payload: await payloadOf(state) };
  } catch (error) {
    const message = `The result of task "${taskName}" cannot be sent to the flow's process: ${describe(error)}`;
    return { state: Failed({ message, data: error }), payload: await jsonSerializer().dumps(error) };
  }
}

/** What of an outcome is needed for its state. */
type EndState = Pick<TaskOutcome, "state" | "payload">;

/**
 * The state of an outcome, with its value or error. `read` reads a value that only the storage has.
 *
 * @throws {SerializationError} when the value is of a class that is not registered in this process.
 */
export async function stateOfOutcome(
  outcome: EndState,
  read: (reference: ResultReference) => Promise<unknown>,
): Promise<State> {
  const { state, payload } = outcome;
  const reference = (state.data ?? undefined) as ResultReference | undefined;
  if (payload !== undefined) return State.fromWire(state, await dataOf(outcome, reference));
  const stored: StateData | undefined = reference && {
    kind: "stored",
    reference,
    read: () => read(reference),
  };
  return State.fromWire(state, stored);
}

/** Futures of the runs that nobody awaited where they ran, for the flow run to fail by. */
export async function unseenFutures(outcome: TaskOutcome, flowRun: FlowRun): Promise<TaskFuture<unknown>[]> {
  const states = await Promise.all(
    outcome.unseenFailures.map(async ({ state, payload }) =>
      State.fromWire(state, await dataOf({ state, payload }, undefined)),
    ),
  );
  // Made at once and not in an async function, which would await them.
  return outcome.unseenFailures.map((failure, index) =>
    unseenFuture(failure, states[index] as State, flowRun),
  );
}

/** The failures of futures that nobody awaited in a flow run, as they are sent. */
export function sentFailures(flowRun: FlowRun | undefined): Promise<UnseenFailure[]> {
  const futures = flowRun?.unseenFailures() ?? [];
  return Promise.all(
    futures.map(async ({ taskRunId, taskRunName, state }) => {
      const sent = await sentState(state, taskRunName);
      return { taskRunId, taskRunName, state: sent.state.toWire(), payload: sent.payload };
    }),
  );
}

function payloadOf({ data }: State): Uint8Array | Promise<Uint8Array> | undefined {
  switch (data?.kind) {
    case "value":
      return jsonSerializer().dumps(data.value);
    case "error":
      return jsonSerializer({ subject: "error" }).dumps(data.error);
    case "stored":
    case undefined:
      return undefined;
  }
}

async function dataOf(
  { state, payload }: EndState,
  reference: ResultReference | undefined,
): Promise<StateData | undefined> {
  if (payload === undefined) return undefined;
  const value = await jsonSerializer().loads(payload);
  return state.type === "COMPLETED" ? { kind: "value", value, reference } : { kind: "error", error: value };
}

/** A future that failed before anybody here knew of it. */
function unseenFuture(failure: UnseenFailure, state: State, flowRun: FlowRun): TaskFuture<unknown> {
  const { taskRunId, taskRunName } = failure;
  const future = new TaskFuture<unknown>({ taskRunId, taskRunName, depth: 0, state, owner: flowRun });
  futureInternals().update(future, state);
  return future;
}
