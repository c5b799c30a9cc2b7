/** A task run that completes with a cache key is there for others with the same one. */
import { MAX_CACHE_KEY_LENGTH } from "../../task-cache.ts";
import { ACCEPT, type TaskRunRule } from "../../verdict.ts";

/** A key that is too long is of no use: the state is written as it is, but rejected, so that the client hears of it. */
export const putInCache: TaskRunRule = (proposal) => {
  const { cache_key: key, cache_expiration: expiration = null } = proposal.state_details;
  if (proposal.type !== "COMPLETED" || !key) return ACCEPT;
  if (key.length > MAX_CACHE_KEY_LENGTH) {
    const reason = `Cache key exceeded maximum allowed length of ${MAX_CACHE_KEY_LENGTH} characters.`;
    return { type: "reject", state: proposal, reason };
  }
  return { type: "accept", run: { cache_key: key, cache_expiration: expiration } };
};
