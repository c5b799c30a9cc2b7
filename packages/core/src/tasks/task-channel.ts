/** The way of a worker to the process of the flow. */
import type { OrchestrationApi } from "@sluice/protocol";
import type { TaskReport } from "../task-calls/task-call.ts";

export interface TaskChannel {
  /** Aborts when the run is to stop. Its reason is the `Interruption` that came with it, or an error, which cancels. */
  readonly signal: AbortSignal;
  /** For flows that the task calls: `remoteApi` makes one of messages. */
  readonly api: OrchestrationApi;
  /** Brings a report to `TaskReports.take`, before anything that is sent later. */
  report(report: TaskReport): void;
  /** Resolves when all reports are in the history (`TaskReports.flush`). */
  flush(): Promise<void>;
  /** Told once after an outcome that `isStillRunning`, when no code of the task runs any more. */
  settled(): void;
}
