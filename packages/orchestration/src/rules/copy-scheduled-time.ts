/** A run that is picked up keeps the time it was scheduled for. */
import { ACCEPT, type RunRule } from "../verdict.ts";

/** Copies `scheduled_time` from SCHEDULED to PENDING, unless the proposal has its own. */
export const copyScheduledTime: RunRule = (proposal, { run }) => {
  if (run.state?.type !== "SCHEDULED" || proposal.type !== "PENDING") return ACCEPT;
  const scheduledTime = run.state.state_details.scheduled_time ?? null;
  if (scheduledTime === null || (proposal.state_details.scheduled_time ?? null) !== null) return ACCEPT;
  const details = { ...proposal.state_details, scheduled_time: scheduledTime };
  return { type: "accept", state: { ...proposal, state_details: details } };
};
