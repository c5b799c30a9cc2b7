/** The recorder of an engine that works for a flow in another process: history goes there, in batches. */
import {
  LOG_LEVELS,
  type LogCreate,
  type LogLevelName,
  type StateCreate,
  type TaskRunRecord,
} from "@sluice/protocol";
import type { Recorder } from "../api/recorder.ts";
import type { LogRecord, LogSink } from "../logging/log-record.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import type { State } from "../states/state.ts";
import type { TaskReport } from "./task-call.ts";

export interface ChannelRecorderOptions {
  /** The run whose start is told at once, as its code may block the thread from then on. */
  readonly urgentRunId: string;
  readonly send: (report: TaskReport) => void;
  /** Resolves when what was sent is in the history. */
  readonly flush: () => Promise<void>;
}

const SEND_INTERVAL_MS = 50;
const EAGER_SEND_COUNT = 256;

export class ChannelRecorder implements Recorder, LogSink {
  readonly #options: ChannelRecorderOptions;
  /** Task runs with states that were not sent. */
  #dirty: TaskRun[] = [];
  #forwarded: TaskRunRecord[] = [];
  #logs: LogRecord[] = [];
  #flowRunStates: { id: string; state: StateCreate }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ChannelRecorderOptions) {
    this.#options = options;
  }

  recordTaskRun(run: TaskRun, state: State): void {
    run.unrecorded.push(state);
    if (run.unrecorded.length === 1) this.#dirty.push(run);
    if (state.isRunning() && run.id === this.#options.urgentRunId) this.send();
    else this.#schedule();
  }

  forward(records: readonly TaskRunRecord[]): void {
    this.#forwarded.push(...records);
    this.#schedule();
  }

  /** A line on its way to the sinks of the flow's process. */
  write(record: LogRecord): void {
    this.#logs.push(record);
    this.#schedule();
  }

  log(line: LogCreate): void {
    this.write({
      name: line.name,
      level: levelName(line.level),
      message: line.message,
      fields: {},
      timestamp: new Date(line.timestamp),
      flowRunId: line.flow_run_id ?? undefined,
      taskRunId: line.task_run_id ?? undefined,
    });
  }

  recordFlowRunState(id: string, state: StateCreate): void {
    this.#flowRunStates.push({ id, state });
    this.#schedule();
  }

  /** Sends what waits. */
  send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const report: TaskReport = {
      records: [...this.#forwarded, ...this.#dirty.map((run) => run.takeRecord())],
      logs: this.#logs,
      flowRunStates: this.#flowRunStates,
    };
    if (report.records.length + report.logs.length + report.flowRunStates.length === 0) return;
    this.#dirty = [];
    this.#forwarded = [];
    this.#logs = [];
    this.#flowRunStates = [];
    this.#options.send(report);
  }

  flush(): Promise<void> {
    this.send();
    return this.#options.flush();
  }

  close(): Promise<void> {
    this.send();
    return Promise.resolve();
  }

  #schedule(): void {
    if (this.#dirty.length + this.#logs.length >= EAGER_SEND_COUNT) this.send();
    else this.#timer ??= setTimeout(() => this.send(), SEND_INTERVAL_MS).unref();
  }
}

/** The greatest named level that is not above the number. */
function levelName(level: number): LogLevelName {
  const names: readonly LogLevelName[] = ["critical", "error", "warn", "info"];
  return names.find((name) => level >= LOG_LEVELS[name]) ?? "debug";
}
