/** One test of a task runner: a place of its own, and flows that run with it. */
import { it } from "vitest";
import { flow } from "../../flows/flow.ts";
import { runFlow } from "../../flows/run-flow-call.ts";
import type { RunProgress } from "../../runtime/run-progress.ts";
import type { State } from "../../states/state.ts";
import type { TaskRunner } from "../../task-runners/task-runner.ts";
import { inTaskRunnerPlace, type TaskRunnerPlace } from "./place.ts";

/** Long enough for workers to start on a busy machine. */
const TIMEOUT_MS = 60_000;
/** For `vi.waitFor`. */
export const PATIENCE: { readonly timeout: number; readonly interval: number } = {
  timeout: 20_000,
  interval: 10,
};

/** A test with a place of its own. */
export function check(behaviour: string, body: (place: TaskRunnerPlace) => Promise<void>): void {
  it(behaviour, () => inTaskRunnerPlace(body), TIMEOUT_MS);
}

/** Runs `body` as a flow with this task runner; gives the final state and the counts. */
export async function inFlow<R>(
  taskRunner: TaskRunner,
  body: () => R,
  signal?: AbortSignal,
): Promise<{ readonly state: State; readonly progress: RunProgress | undefined }> {
  let progress: RunProgress | undefined;
  const suite = flow({ name: "suite", taskRunner }, body);
  const state = await runFlow(suite, {
    signal,
    watchesSignals: false,
    onBegin: (run) => {
      progress = run.progress;
    },
  });
  return { state, progress };
}

/** The value of `body`, run as a flow. */
export async function valueInFlow<R>(taskRunner: TaskRunner, body: () => Promise<R>): Promise<R> {
  const { state } = await inFlow(taskRunner, async () => ({ value: await body() }));
  return ((await state.result()) as { value: R }).value;
}
