/** Running a flow under control: for the CLI, workers and tests. */
import type { RunProgress } from "../runtime/run-progress.ts";
import type { State } from "../states/state.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { type Flow, findFlowDefinition } from "./flow.ts";
import { type FlowCall, runFlowDefinition } from "./run-flow.ts";

export type { FlowCall, RunProgress };

/**
 * Runs a flow and gives its final state.
 *
 * @throws {HistoryUnavailableError} when no run can be opened.
 */
export function runFlow<P, R>(flow: Flow<P, R>, call: FlowCall = {}): Promise<State<R>> {
  const definition = findFlowDefinition(flow);
  if (definition === undefined)
    throw new InvalidOptionError("runFlow() needs a flow, made with flow(options, fn).");
  return runFlowDefinition(definition, call) as Promise<State<R>>;
}
