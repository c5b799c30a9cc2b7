/** The cache of results that the server keeps for task runs whose states it decides. */
import type { WireState } from "@sluice/protocol";
import type { Store } from "./store.ts";
import type { ProposedState } from "./verdict.ts";

/** Longer ones are refused. */
export const MAX_CACHE_KEY_LENGTH = 2000;

/**
 * The state of another run that makes running unnecessary; looked up where it matters for what is proposed. Runs whose
 * engine has a cache of its own have a cache key too, but not in their state.
 */
export async function findCachedState(
  store: Store,
  { type, state_details: { cache_key: key, refresh_cache: isRefreshed } }: ProposedState,
  now: string,
): Promise<WireState | undefined> {
  if (type !== "RUNNING" || !key || isRefreshed === true) return undefined;
  const state = (await store.taskRuns.findCached(key, now))?.state;
  return state?.state_details.cache_key === key ? state : undefined;
}
