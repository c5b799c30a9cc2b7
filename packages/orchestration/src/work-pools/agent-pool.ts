/** The pool of queues that are named without a pool, as agents of Prefect 2 did. */
import { isSluiceError } from "@sluice/protocol";
import type { Moment } from "../local-api/local-context.ts";
import type { Store } from "../store.ts";
import type { StoredWorkPool } from "../stored-nouns.ts";
import { AGENT_POOL, findPool } from "./find.ts";
import { createPool } from "./pools.ts";

/** Made when it is first needed; nobody else changes it until the transaction ends. */
export async function ensureAgentPool(store: Store, moment: Moment): Promise<StoredWorkPool> {
  try {
    return await findPool(store, AGENT_POOL, { lock: "wait" });
  } catch (error) {
    if (!isSluiceError(error, "OBJECT_NOT_FOUND")) throw error;
    return createPool(store, { name: AGENT_POOL, type: "prefect-agent" }, moment);
  }
}
