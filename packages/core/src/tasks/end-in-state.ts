/** Ends a task run that is not executed. */
import type { TaskRun } from "../runtime/task-run.ts";
import type { State } from "../states/state.ts";
import type { TaskDefinition } from "./task-definition.ts";

interface DefinedRun {
  readonly run: TaskRun;
  readonly definition: TaskDefinition;
}

/** Records the state that a run ends in without having begun, and gives it. */
export async function endInState({ run, definition }: DefinedRun, state: State): Promise<State> {
  run.enter(state);
  await flushIfDurable(run, definition);
  return state;
}

/** Brings the run into the history before its caller goes on, if its task asks for that. */
export async function flushIfDurable(run: TaskRun, definition: TaskDefinition): Promise<void> {
  if (definition.options.durable === true) await run.services.recorder.flush();
}
