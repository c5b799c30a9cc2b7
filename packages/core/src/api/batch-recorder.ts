/** A recorder that buffers in memory, sends in batches, and spools to disk what it can neither send nor hold. */
import type { LogCreate, OrchestrationApi, StateCreate, TaskRunRecord } from "@sluice/protocol";
import type { Clock } from "../runtime/clock.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import type { State } from "../states/state.ts";
import { type HistoryBatch, sendBatch } from "./history-batch.ts";
import { HistoryQueue } from "./history-queue.ts";
import { PatientCaller } from "./patient-caller.ts";
import type { Recorder } from "./recorder.ts";
import type { Spool } from "./spool.ts";

export interface BatchRecorderOptions {
  readonly api: OrchestrationApi;
  readonly clock: Clock;
  readonly spool: Spool;
  /** How many records may wait in memory while the history cannot be written. */
  readonly maxBufferedRecords: number;
  /** Told when trouble begins, what becomes of the records, and when it is over. */
  readonly onTrouble: (message: string, error: unknown) => void;
  /** How long a call to the history may take before it counts as failed; default 10 s. */
  readonly patienceMs?: number | undefined;
}

const FLUSH_INTERVAL_MS = 100;
const EAGER_FLUSH_RECORDS = 256;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 10_000;
const PATIENCE_MS = 10_000;
/** How much more than `maxBufferedRecords` is held while disk cannot be written either. */
const LAST_RESORT_FACTOR = 2;

export class BatchRecorder implements Recorder {
  readonly #options: BatchRecorderOptions;
  readonly #queue = new HistoryQueue();
  readonly #caller: PatientCaller;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #sending: Promise<void> | undefined;
  #spooling: Promise<void> | undefined;
  /** Told when a batch was sent or could not be. */
  #steps: (() => void)[] = [];
  /** Above 0 while there is trouble. */
  #retryMs = 0;
  #retryAtUs = 0;
  #isSpoolTold = false;
  #isSpoolBroken = false;
  #isClosed = false;
  /** Records dropped in this trouble. */
  #lost = 0;

  constructor(options: BatchRecorderOptions) {
    this.#options = options;
    const { api, clock, patienceMs = PATIENCE_MS } = options;
    this.#caller = new PatientCaller({ clock, location: api.location, patienceMs });
  }

  recordTaskRun(run: TaskRun, state: State): void {
    this.#queue.addTaskRun(run, state);
    this.#schedule();
  }

  forward(records: readonly TaskRunRecord[]): void {
    this.#queue.addRecords(records);
    this.#schedule();
  }

  log(line: LogCreate): void {
    this.#queue.addLog(line);
    this.#schedule();
  }

  recordFlowRunState(id: string, state: StateCreate): void {
    this.#queue.addFlowRunState(id, state);
    this.#schedule();
  }

  /** Waits for what was taken so far only: others may go on recording meanwhile. */
  async flush(): Promise<void> {
    const goal = this.#queue.cut();
    while (this.#queue.settled < goal) {
      if (!this.#isBackingOff()) {
        const step = new Promise<void>((resolve) => this.#steps.push(resolve));
        void this.#send();
        await step;
      }
      if (this.#retryMs > 0) {
        await this.#spool();
        return;
      }
    }
  }

  async close(): Promise<void> {
    // The last chance: what goes to the spool now waits for another process.
    this.#retryAtUs = 0;
    await this.flush();
    this.#isClosed = true;
    this.#cancelTimers();
  }

  #isBackingOff(): boolean {
    return this.#retryMs > 0 && this.#options.clock.nowUs() < this.#retryAtUs;
  }

  #schedule(): void {
    if (this.#isClosed) return;
    const { size } = this.#queue;
    if (this.#retryMs > 0) {
      this.#keepBounded(size);
      this.#timer ??= setTimeout(() => this.#start(), this.#retryMs);
    } else if (size < EAGER_FLUSH_RECORDS) {
      this.#timer ??= setTimeout(() => this.#start(), FLUSH_INTERVAL_MS);
    } else if (this.#sending === undefined) {
      this.#immediate ??= setImmediate(() => this.#start());
    }
  }

  /** What is too much for memory goes to disk; what disk does not take either is dropped, the oldest first. */
  #keepBounded(size: number): void {
    const { maxBufferedRecords } = this.#options;
    if (!this.#isSpoolBroken) {
      if (size > maxBufferedRecords) void this.#spool();
    } else if (size > maxBufferedRecords * LAST_RESORT_FACTOR && this.#isHeadFree) {
      if (this.#lost === 0)
        this.#options.onTrouble("The oldest history records are dropped now, to keep memory free", undefined);
      this.#lost += this.#queue.dropHead();
    }
  }

  get #isHeadFree(): boolean {
    return this.#sending === undefined && this.#spooling === undefined;
  }

  #start(): void {
    this.#cancelTimers();
    void this.#send();
  }

  #cancelTimers(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
  }

  /** Sends until nothing waits or sending fails. Never rejects. */
  #send(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      this.#stepped();
      if (this.#queue.size > 0) this.#schedule();
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    await this.#spooling;
    for (let batch = this.#queue.head(); batch !== undefined; batch = this.#queue.head()) {
      try {
        await this.#deliver(batch);
      } catch (error) {
        this.#noteFailure(error);
        return;
      }
      this.#queue.settleHead();
      this.#noteSuccess();
      this.#stepped();
    }
  }

  #deliver(batch: HistoryBatch): Promise<void> {
    const { api, onTrouble } = this.#options;
    return this.#caller.call(() =>
      sendBatch(api, batch, (what, error) => {
        onTrouble(`The history at ${api.location} refused ${what}, which is left out`, error);
      }),
    );
  }

  #stepped(): void {
    const steps = this.#steps;
    this.#steps = [];
    for (const resolve of steps) resolve();
  }

  #noteFailure(error: unknown): void {
    const { api, clock, onTrouble } = this.#options;
    if (this.#retryMs === 0) {
      onTrouble(
        `The history at ${api.location} cannot be written now; what happens is kept and sent again`,
        error,
      );
    }
    this.#retryMs = Math.min(Math.max(this.#retryMs * 2, FIRST_RETRY_MS), LAST_RETRY_MS);
    this.#retryAtUs = clock.nowUs() + this.#retryMs * 1000;
    this.#isSpoolBroken = false;
    // Retries alone must not keep a process alive whose work is done.
    if (this.#retryMs === LAST_RETRY_MS) void this.#spool();
  }

  #noteSuccess(): void {
    if (this.#retryMs === 0) return;
    this.#retryMs = 0;
    this.#isSpoolTold = false;
    const { api, onTrouble } = this.#options;
    const loss = this.#lost === 0 ? "" : `; ${this.#lost} records were lost`;
    this.#lost = 0;
    onTrouble(`The history at ${api.location} can be written again${loss}`, undefined);
  }

  /** Writes everything that waits to disk. Never rejects. */
  #spool(): Promise<void> {
    this.#spooling ??= this.#spoolAll().finally(() => {
      this.#spooling = undefined;
    });
    return this.#spooling;
  }

  async #spoolAll(): Promise<void> {
    await this.#sending;
    const { spool } = this.#options;
    try {
      for (let batch = this.#queue.head(); batch !== undefined; batch = this.#queue.head()) {
        await spool.append(batch);
        this.#queue.settleHead();
        this.#tellOfSpool(
          `History records wait in ${spool.path}; the next run that can reach the history sends them`,
        );
      }
    } catch (error) {
      this.#isSpoolBroken = true;
      this.#tellOfSpool(
        `${this.#queue.size} history records can neither be sent nor be written to ${spool.path}; they are lost unless the history comes back before this process ends`,
        error,
      );
    }
  }

  /** Once per trouble. */
  #tellOfSpool(message: string, error?: unknown): void {
    if (this.#isSpoolTold) return;
    this.#isSpoolTold = true;
    this.#options.onTrouble(message, error);
  }
}
