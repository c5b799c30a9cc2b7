/** Tells a flow run to stop. */
import { type FlowRun, isTerminalStateType, SluiceError } from "@sluice/protocol";
import type { HistoryContext } from "./with-history.ts";

/** The run cannot be cancelled. */
export class NotCancelledError extends SluiceError {
  constructor({ id, name }: FlowRun, reason: string) {
    super("CONFLICT", `Flow run ${name} cannot be cancelled: ${reason}`, { details: { id, name } });
  }
}

/**
 * Cancels a run that nothing executes, and tells what executes it otherwise. Gives the run as it is then.
 *
 * @throws {NotCancelledError} when it has ended, or the server does not want it cancelled.
 */
export async function cancelFlowRun(run: FlowRun, { api }: HistoryContext): Promise<FlowRun> {
  if (run.state_type !== null && isTerminalStateType(run.state_type)) {
    throw new NotCancelledError(run, `it has ended already (${run.state_name}).`);
  }
  const state = { type: "CANCELLING", message: "Cancelled from the command line." } as const;
  const { status, details } = await api.flowRuns.setState(run.id, { state });
  if (status === "ABORT") {
    throw new NotCancelledError(run, details.reason ?? "the server does not say why.");
  }
  return api.flowRuns.get(run.id);
}
