/** RUNNING that is not the first time says so. */
import { ACCEPT, type TaskRunRule } from "../../verdict.ts";

/** Retrying after AwaitingRetry, else Rerunning, unless the client has a name of its own for it. */
export const nameReruns: TaskRunRule = (proposal, { run }) => {
  if (proposal.type !== "RUNNING" || proposal.name !== "Running" || run.run_count === 0) return ACCEPT;
  const name = run.state?.name === "AwaitingRetry" ? "Retrying" : "Rerunning";
  return { type: "accept", state: { ...proposal, name } };
};
