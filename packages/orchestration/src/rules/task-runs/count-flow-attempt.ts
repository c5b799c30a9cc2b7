/** A task run knows in which attempt of its flow run it ran last. */
import { ACCEPT, type TaskRunRule } from "../../verdict.ts";

export const countFlowAttempt: TaskRunRule = (proposal, { flowRun }) =>
  proposal.type === "RUNNING" && flowRun !== undefined
    ? { type: "accept", run: { flow_run_run_count: flowRun.run_count } }
    : ACCEPT;
