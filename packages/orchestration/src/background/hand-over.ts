/**
 * How background task runs get to whoever serves their task: taken by one, who confirms that it has them, or else put back
 * for the next. A run that was taken is PENDING, named `Submitting` until it is confirmed.
 */
import type { StateDetails } from "@sluice/protocol";
import type { LocalContext, Moment } from "../local-api/local-context.ts";
import { toProposal } from "../local-api/proposals.ts";
import { writeTaskRunState } from "../local-api/write-state.ts";
import type { Store } from "../store.ts";
import type { StoredTaskRun } from "../stored-nouns.ts";

/** The name of a taken run's state until it is confirmed. */
export const SUBMITTING = "Submitting";
/** Runs of the same task may be scheduled for other reasons; so many are looked at. */
const LOOKED_AT = 20;

/** Takes the run that waits longest for one of these tasks, so that nobody else does; undefined when none waits. */
export function takeBackgroundRun(
  context: LocalContext,
  taskKeys: readonly string[],
): Promise<StoredTaskRun | undefined> {
  return context.transaction(undefined, async (store, moment) => {
    const waiting = await store.taskRuns.list({
      where: {
        type: "all",
        conditions: [
          { type: "one-of", member: "state_type", values: ["SCHEDULED"] },
          // AwaitingRetry belongs to the process that tries again.
          { type: "one-of", member: "state_name", values: ["Scheduled"] },
          { type: "one-of", member: "task_key", values: taskKeys },
          { type: "at-most", member: "next_scheduled_start_time", value: moment.now },
        ],
      },
      orderBy: [{ member: "next_scheduled_start_time", direction: "asc" }],
      limit: LOOKED_AT,
      lock: "skip",
    });
    const run = waiting.find(isDeferred);
    if (run !== undefined) await write(store, run, { type: "PENDING", name: SUBMITTING }, moment);
    return run;
  });
}

/** Whoever took the run has it: it will not be put back. */
export function confirmBackgroundRun(context: LocalContext, id: string): Promise<void> {
  return moveOn(context, id, { type: "PENDING", name: "Pending" });
}

/** Whoever took the run does not have it: the next may take it. */
export function putBackBackgroundRun(context: LocalContext, id: string): Promise<void> {
  return moveOn(context, id, { type: "SCHEDULED", name: "Scheduled" });
}

interface NextState {
  readonly type: "PENDING" | "SCHEDULED";
  readonly name: string;
}

/** Its worker may have told of it meanwhile: then it stays as it is. */
function moveOn(context: LocalContext, id: string, next: NextState): Promise<void> {
  return context.transaction(undefined, async (store, moment) => {
    const run = await store.taskRuns.find(id);
    if (run?.state_type === "PENDING" && run.state_name === SUBMITTING) await write(store, run, next, moment);
  });
}

/** What a worker has to know of the run goes along from state to state, and its place in the line. */
async function write(store: Store, run: StoredTaskRun, next: NextState, moment: Moment): Promise<void> {
  const { task_parameters_id: parametersId, traceparent } = run.state?.state_details ?? {};
  const details: StateDetails = {
    deferred: true,
    task_parameters_id: parametersId,
    traceparent,
    scheduled_time: run.expected_start_time,
  };
  await writeTaskRunState(store, { run, state: toProposal({ ...next, state_details: details }) }, moment);
}

function isDeferred({ state }: StoredTaskRun): boolean {
  return state?.state_details.deferred === true;
}
