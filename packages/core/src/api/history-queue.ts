/** What happened and is not in the history yet, in batches, oldest first. */
import type { LogCreate, StateCreate, TaskRunRecord } from "@sluice/protocol";
import type { TaskRun } from "../runtime/task-run.ts";
import type { State } from "../states/state.ts";
import { type HistoryBatch, sizeOfBatch } from "./history-batch.ts";

const BATCH_RECORDS = 512;

export class HistoryQueue {
  /** Task runs with states that are in no batch yet. */
  readonly #dirty: TaskRun[] = [];
  readonly #forwarded: TaskRunRecord[] = [];
  readonly #logs: LogCreate[] = [];
  readonly #flowRunStates: { readonly id: string; readonly state: StateCreate }[] = [];
  readonly #batches: HistoryBatch[] = [];
  #inBatches = 0;
  #settled = 0;

  /** How many records are not in the history yet. */
  get size(): number {
    return this.#loose + this.#inBatches;
  }

  get #loose(): number {
    return this.#dirty.length + this.#forwarded.length + this.#logs.length + this.#flowRunStates.length;
  }

  /** How many batches have come to their place. */
  get settled(): number {
    return this.#settled;
  }

  addTaskRun(run: TaskRun, state: State): void {
    run.unrecorded.push(state);
    if (run.unrecorded.length === 1) this.#dirty.push(run);
  }

  addRecords(records: readonly TaskRunRecord[]): void {
    for (const record of records) this.#forwarded.push(record);
  }

  addLog(line: LogCreate): void {
    this.#logs.push(line);
  }

  addFlowRunState(id: string, state: StateCreate): void {
    this.#flowRunStates.push({ id, state });
  }

  /** Puts everything into batches; what `settled` will be when they all have come to their place. */
  cut(): number {
    while (this.#loose > 0) this.#cutOne();
    return this.#settled + this.#batches.length;
  }

  /** The oldest batch; it stays the oldest until `settleHead`. */
  head(): HistoryBatch | undefined {
    if (this.#batches.length === 0 && this.#loose > 0) this.#cutOne();
    return this.#batches[0];
  }

  /** The oldest batch has come to its place. */
  settleHead(): void {
    const batch = this.#batches.shift();
    if (batch === undefined) return;
    this.#inBatches -= sizeOfBatch(batch);
    this.#settled += 1;
  }

  /** Gives up the oldest batch; how many records it had. */
  dropHead(): number {
    const batch = this.head();
    this.settleHead();
    return batch === undefined ? 0 : sizeOfBatch(batch);
  }

  /** The oldest of each kind, each task run with all its states so far. */
  #cutOne(): void {
    const runs = this.#dirty.splice(0, BATCH_RECORDS);
    const batch: HistoryBatch = {
      task_runs: [...this.#forwarded.splice(0, BATCH_RECORDS), ...runs.map((run) => run.takeRecord())],
      logs: this.#logs.splice(0, BATCH_RECORDS),
      flow_run_states: this.#flowRunStates.splice(0, BATCH_RECORDS),
    };
    this.#batches.push(batch);
    this.#inBatches += sizeOfBatch(batch);
  }
}
