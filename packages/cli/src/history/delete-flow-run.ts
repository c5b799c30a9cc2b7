/** Deletes a flow run from the history. */
import { type FlowRun, isTerminalStateType, type OrchestrationApi, SluiceError } from "@sluice/protocol";

/** The flow run is at work, and its process would go on without a history. */
export class UnfinishedRunDeletionError extends SluiceError {
  constructor({ id, name, state_name: state }: FlowRun) {
    super(
      "CONFLICT",
      `Flow run ${name} is ${state ?? "unfinished"} and cannot be deleted. Stop it or wait until it has ended.`,
      { details: { id, name } },
    );
  }
}

/**
 * Deletes the run with its states, task runs and logs; persisted results stay.
 *
 * @throws {UnfinishedRunDeletionError} when a process may be executing it.
 */
export async function deleteFlowRun(run: FlowRun, api: OrchestrationApi): Promise<void> {
  const { state_type: type } = run;
  const isAtRest = type === null || isTerminalStateType(type) || type === "SCHEDULED" || type === "PAUSED";
  if (!isAtRest) throw new UnfinishedRunDeletionError(run);
  await api.flowRuns.delete(run.id);
}
