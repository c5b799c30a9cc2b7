/** The way of states and logs into history. */
import type { LogCreate, StateCreate, TaskRunRecord } from "@sluice/protocol";
import type { TaskRun } from "../runtime/task-run.ts";
import type { State } from "../states/state.ts";

/** Takes what happened without ever making the caller wait, and brings it to the orchestration API in batches. */
export interface Recorder {
  /** A task run entered a state. */
  recordTaskRun(run: TaskRun, state: State): void;
  /** Records made by an engine in another process. */
  forward(records: readonly TaskRunRecord[]): void;
  log(line: LogCreate): void;
  /** A flow run ended in a state that could not be told to the API; it is told when the API is back. */
  recordFlowRunState(flowRunId: string, state: StateCreate): void;
  /**
   * Resolves when everything taken so far is in the history, or, if that cannot be reached now, in the spool on disk.
   */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** The recorder of `history.mode = off`. */
export const nullRecorder: Recorder = {
  recordTaskRun: () => undefined,
  forward: () => undefined,
  log: () => undefined,
  recordFlowRunState: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
