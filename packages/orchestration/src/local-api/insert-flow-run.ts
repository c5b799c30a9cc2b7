/** Puts a new flow run into the store, however it came about, with what follows from it. */
import { ConflictError, InvalidRequestError } from "@sluice/protocol";
import type { Store } from "../store.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import type { Moment } from "./local-context.ts";
import { tellFlowRunState } from "./tell.ts";
import { mirrorFlowRunState } from "./write-state.ts";

/** As Prefect takes them. */
const MAX_PARAMETERS_LENGTH = 512 * 1024;

/**
 * Inserts, unless the flow has a run with this idempotency key: then that one is given back.
 * @throws {InvalidRequestError} when its parameters are too large.
 */
export async function insertFlowRun(
  store: Store,
  run: StoredFlowRun,
  moment: Moment,
): Promise<{ run: StoredFlowRun; created: boolean }> {
  requireSmall(run.parameters, `flow run ${run.name}`);
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

/** @throws {InvalidRequestError} when parameters are too large to be kept with every run. */
export function requireSmall(parameters: Readonly<Record<string, unknown>>, owner: string): void {
  const { length } = JSON.stringify(parameters);
  if (length <= MAX_PARAMETERS_LENGTH) return;
  throw new InvalidRequestError(
    `The parameters of ${owner} have ${length} characters as JSON. Use at most ${MAX_PARAMETERS_LENGTH}; keep more in a file, and give its path.`,
  );
}
