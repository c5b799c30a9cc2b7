/** Finds flow runs by id. */
import { ObjectNotFoundError } from "@sluice/protocol";
import type { Store } from "../../store.ts";
import type { StoredFlowRun } from "../../stored-nouns.ts";

/** @throws {ObjectNotFoundError} when there is none. */
export async function findFlowRun(store: Store, id: string): Promise<StoredFlowRun> {
  const run = await store.flowRuns.find(id);
  if (run === undefined) throw new ObjectNotFoundError("flow run", id);
  return run;
}
