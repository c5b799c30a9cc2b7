/** Taking a flow run for this worker. */
import { type FlowRun, newId, type OrchestrationApi } from "@sluice/protocol";

/**
 * Proposes PENDING, which orchestration lets one worker do, and only while the run is as it was when it was given out: a
 * run that another worker has brought to its end meanwhile is not begun again. Gives the id of that state, which the started process shows
 * to be the one that the run was claimed for; `undefined` when somebody else has the run, or it may not run now.
 */
export async function claimFlowRun(
  { id, state_id: expectedId }: Pick<FlowRun, "id" | "state_id">,
  api: Pick<OrchestrationApi, "flowRuns">,
): Promise<string | undefined> {
  // When only the answer was lost, the same proposal is sent again, and refused because it was taken before.
  const transitionId = newId();
  const { status, state } = await api.flowRuns.setState(id, {
    state: {
      type: "PENDING",
      name: "Pending",
      state_details: { transition_id: transitionId, expected_state_id: expectedId },
    },
  });
  if (state === null) return undefined;
  return status === "ACCEPT" || state.state_details.transition_id === transitionId ? state.id : undefined;
}
