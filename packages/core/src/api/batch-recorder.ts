/** A recorder that buffers in memory, sends in batches, and spools to disk what it can neither send nor hold. */
import type { LogCreate, OrchestrationApi, StateCreate, TaskRunRecord } from "@sluice/protocol";
import type { Clock } from "../runtime/clock.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import type { State } from "../states/state.ts";
import { type HistoryBatch, isEmptyBatch, sendBatch, sizeOfBatch } from "./history-batch.ts";
import type { Recorder } from "./recorder.ts";
import type { Spool } from "./spool.ts";

export interface BatchRecorderOptions {
  readonly api: OrchestrationApi;
  readonly clock: Clock;
  readonly spool: Spool;
  /** How many records may wait in memory while the history cannot be written. */
  readonly maxBufferedRecords: number;
  /** Told once per trouble, and when it is over. */
  readonly onTrouble: (message: string, error: unknown) => void;
}

const FLUSH_INTERVAL_MS = 100;
const EAGER_FLUSH_RECORDS = 256;
const BATCH_RECORDS = 512;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 10_000;
const FLUSH_PATIENCE_MS = 10_000;

export class BatchRecorder implements Recorder {
  readonly #options: BatchRecorderOptions;
  /** Task runs with states that are in no batch yet. */
  #dirty: TaskRun[] = [];
  #forwarded: TaskRunRecord[] = [];
  #logs: LogCreate[] = [];
  #flowRunStates: { id: string; state: StateCreate }[] = [];
  /** Failed to be sent; goes first. */
  #unsent: HistoryBatch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #sending: Promise<void> | undefined;
  #retryMs = 0;
  #isClosed = false;

  constructor(options: BatchRecorderOptions) {
    this.#options = options;
  }

  recordTaskRun(run: TaskRun, state: State): void {
    run.unrecorded.push(state);
    if (run.unrecorded.length > 1) return;
    this.#dirty.push(run);
    this.#schedule();
  }

  forward(records: readonly TaskRunRecord[]): void {
    for (const record of records) this.#forwarded.push(record);
    this.#schedule();
  }

  log(line: LogCreate): void {
    this.#logs.push(line);
    this.#schedule();
  }

  recordFlowRunState(id: string, state: StateCreate): void {
    this.#flowRunStates.push({ id, state });
    this.#schedule();
  }

  async flush(): Promise<void> {
    const patience = new AbortController();
    const outOfPatience = this.#options.clock.sleep(FLUSH_PATIENCE_MS, patience.signal).then(
      () => true,
      () => false,
    );
    try {
      while (this.#waiting > 0) {
        const isLate = (await Promise.race([this.#send(), outOfPatience])) === true;
        if (!isLate && this.#retryMs === 0) continue;
        await this.#spoolAll();
        return;
      }
    } finally {
      patience.abort();
    }
  }

  async close(): Promise<void> {
    await this.flush();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  get #waiting(): number {
    return (
      this.#dirty.length +
      this.#forwarded.length +
      this.#logs.length +
      this.#flowRunStates.length +
      (this.#unsent === undefined ? 0 : sizeOfBatch(this.#unsent))
    );
  }

  #schedule(): void {
    if (this.#isClosed) return;
    const waiting = this.#dirty.length + this.#forwarded.length + this.#logs.length;
    if (waiting >= EAGER_FLUSH_RECORDS && this.#retryMs === 0) {
      if (this.#sending === undefined) this.#immediate ??= setImmediate(() => this.#start());
    } else {
      this.#timer ??= setTimeout(() => this.#start(), Math.max(FLUSH_INTERVAL_MS, this.#retryMs));
    }
    if (waiting > this.#options.maxBufferedRecords && this.#retryMs > 0) this.#start();
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#immediate = undefined;
    void this.#send();
  }

  /** Sends until nothing waits or sending fails. Never rejects. */
  #send(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      if (this.#waiting > 0) this.#schedule();
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const batch = this.#unsent ?? this.#takeBatch();
      if (isEmptyBatch(batch)) return;
      try {
        await sendBatch(this.#options.api, batch);
      } catch (error) {
        await this.#afterFailure(batch, error);
        return;
      }
      this.#unsent = undefined;
      this.#retryMs = 0;
    }
  }

  async #afterFailure(batch: HistoryBatch, error: unknown): Promise<void> {
    this.#unsent = batch;
    if (this.#retryMs === 0) {
      const place = this.#options.api.location;
      this.#options.onTrouble(
        `The history at ${place} cannot be written now; what happens is kept and sent again`,
        error,
      );
    }
    this.#retryMs = Math.min(Math.max(this.#retryMs * 2, FIRST_RETRY_MS), LAST_RETRY_MS);
    if (this.#waiting > this.#options.maxBufferedRecords) await this.#spoolAll();
  }

  async #spoolAll(): Promise<void> {
    let count = 0;
    try {
      for (let batch = this.#unsent ?? this.#takeBatch(); !isEmptyBatch(batch); batch = this.#takeBatch()) {
        this.#unsent = batch;
        await this.#options.spool.append(batch);
        this.#unsent = undefined;
        count += sizeOfBatch(batch);
      }
      const path = this.#options.spool.path;
      this.#options.onTrouble(`${count} history records wait in ${path}; the next run sends them`, undefined);
    } catch (error) {
      this.#options.onTrouble(
        `${this.#waiting} history records can neither be sent nor be written to ${this.#options.spool.path}; they are lost unless the history comes back before this process ends`,
        error,
      );
    }
  }

  #takeBatch(): HistoryBatch {
    const runs = this.#dirty.splice(0, BATCH_RECORDS);
    return {
      task_runs: [...this.#forwarded.splice(0, BATCH_RECORDS), ...runs.map((run) => run.takeRecord())],
      logs: this.#logs.splice(0, BATCH_RECORDS),
      flow_run_states: this.#flowRunStates.splice(0, BATCH_RECORDS),
    };
  }
}
