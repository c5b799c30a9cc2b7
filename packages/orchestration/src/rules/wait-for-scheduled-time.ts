/** No run starts before its time. */
import { secondsBetween } from "../timestamp.ts";
import { ACCEPT, type RunRule } from "../verdict.ts";

/** Delays RUNNING until the scheduled time of the current state, in whole seconds as the wire has them, half a second early or late. */
export const waitForScheduledTime: RunRule = (proposal, { run, now }) => {
  const isWaiting = run.state?.type === "SCHEDULED" || run.state?.type === "PENDING";
  const scheduledTime = run.state?.state_details.scheduled_time ?? null;
  if (proposal.type !== "RUNNING" || !isWaiting || scheduledTime === null) return ACCEPT;
  const delaySeconds = Math.ceil(secondsBetween(now, scheduledTime) - 0.5);
  return delaySeconds > 0
    ? { type: "wait", delaySeconds, reason: "Scheduled time is in the future" }
    : ACCEPT;
};
