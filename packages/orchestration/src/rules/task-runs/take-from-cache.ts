/** A task run does not run when its result is known. */
import { ACCEPT, type TaskRunRule } from "../../verdict.ts";

/** Rejects RUNNING to a copy of the state that is in the cache. */
export const takeFromCache: TaskRunRule = (proposal, { cached }) => {
  if (proposal.type !== "RUNNING" || cached === undefined) return ACCEPT;
  const { cache_key, cache_expiration, untrackable_result } = cached.state_details;
  return {
    type: "reject",
    state: {
      type: cached.type,
      name: "Cached",
      message: cached.message,
      data: cached.data,
      state_details: { cache_key, cache_expiration, untrackable_result },
    },
    reason: "Retrieved state from cache",
  };
};
