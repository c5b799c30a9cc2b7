/** Puts a new flow run into the store, however it came about, with what follows from it. */
import { ConflictError } from "@sluice/protocol";
import type { Store } from "../store.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import type { Moment } from "./local-context.ts";
import { tellFlowRunState } from "./tell.ts";
import { mirrorFlowRunState } from "./write-state.ts";

/** Inserts, unless the flow has a run with this idempotency key: then that one is given back. */
export async function insertFlowRun(
  store: Store,
  run: StoredFlowRun,
  moment: Moment,
): Promise<{ run: StoredFlowRun; created: boolean }> {
  const inserted = await store.flowRuns.insert(run);
  const { state } = inserted.run;
  if (inserted.created && state !== null) {
    await tellFlowRunState(store, inserted.run, { before: null, after: state }, moment);
    await mirrorFlowRunState(store, { run: inserted.run, state }, moment);
  }
  return inserted;
}

/** @throws {ConflictError} when the task run that shall stand for the new run does not exist. */
export async function requireParent(store: Store, id: string | null | undefined): Promise<void> {
  if (id === null || id === undefined || (await store.taskRuns.find(id)) !== undefined) return;
  throw new ConflictError(
    `A flow run cannot have the parent task run ${id}, which does not exist. Create the task run first.`,
  );
}
