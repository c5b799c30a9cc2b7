/** Task runs with a tag that has a concurrency limit need a slot of it to run. */
import { ACCEPT, type TaskRunRule } from "../../verdict.ts";

/** Takes a slot of every such tag on the way to RUNNING, or waits until all have one. A limit of none aborts. */
export const secureTagSlots: TaskRunRule = (proposal, { newId, tagLimits = [] }) => {
  if (proposal.type !== "RUNNING" || tagLimits.length === 0) return ACCEPT;
  const closed = tagLimits.find(({ limit }) => limit === 0);
  if (closed !== undefined) {
    const reason = `The concurrency limit on tag "${closed.tag}" is 0 and will deadlock if the task tries to run again.`;
    return { type: "abort", reason };
  }
  const full = tagLimits.filter(({ freeSlots }) => freeSlots < 1);
  if (full.length > 0) {
    return {
      type: "wait",
      delaySeconds: Math.max(1, ...full.map(({ waitSeconds }) => Math.round(waitSeconds))),
      reason: `Concurrency limit reached for tags: ${full.map(({ tag }) => tag).join(", ")}`,
    };
  }
  return { type: "accept", slot: { type: "take", leaseId: newId(), leaseSeconds: null } };
};
