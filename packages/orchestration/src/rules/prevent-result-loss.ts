/** What even a forced transition may not do. */
import { losesResult } from "../persisted-result.ts";
import { ACCEPT, type FlowRunRule } from "../verdict.ts";

/** Rejects replacing a completed state that has a persisted result by one that has none. */
export const preventResultLoss: FlowRunRule = (proposal, { run }) =>
  run.state !== null && losesResult(run.state, proposal)
    ? { type: "reject", state: null, reason: "Run is already COMPLETED." }
    : ACCEPT;
