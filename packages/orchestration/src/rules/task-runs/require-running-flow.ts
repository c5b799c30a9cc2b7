/** Tasks run in flow runs that run. */
import { ACCEPT, type TaskRunRule } from "../../verdict.ts";

/** Aborts RUNNING when the flow run does not run; while it is paused the task run waits as PAUSED, as long as the flow run may. */
export const requireRunningFlow: TaskRunRule = (proposal, { flowRun }) => {
  if (proposal.type !== "RUNNING" || flowRun === undefined || flowRun.state?.type === "RUNNING")
    return ACCEPT;
  if (flowRun.state?.type !== "PAUSED") {
    return { type: "abort", reason: "The enclosing flow must be running to begin task execution." };
  }
  const { pause_timeout = null } = flowRun.state.state_details;
  return {
    type: "reject",
    state: {
      type: "PAUSED",
      name: "NotReady",
      message: null,
      data: null,
      state_details: { pause_timeout, pause_reschedule: false },
    },
    reason: "The flow is paused, new tasks can execute after resuming flow.",
  };
};
