/** Runs in another process as the flow's process knows them from reports. */
import type { TaskRunRecord, WireState } from "@sluice/protocol";
import type { TaskRun } from "../runtime/task-run.ts";
import type { TaskReport } from "./task-call.ts";

/** A run begun inside the task, while it lives. */
interface InnerRun {
  readonly record: TaskRunRecord;
  readonly stateName: string;
  readonly hasRun: boolean;
}

/** Follows the reports of one task run: keeps its state, and counts the progress of the runs begun inside it. */
export class ReportedRuns {
  readonly #run: TaskRun;
  readonly #inner = new Map<string, InnerRun>();

  constructor(run: TaskRun) {
    this.#run = run;
  }

  take({ records, logs, flowRunStates }: TaskReport): void {
    const { recorder, logging } = this.#run.services;
    for (const record of records) {
      if (record.id === this.#run.id) this.#run.adopt(record);
      else this.#follow(record);
    }
    recorder.forward(records);
    for (const line of logs) logging.forward(line);
    for (const { id, state } of flowRunStates) recorder.recordFlowRunState(id, state);
  }

  /** The place of the run is gone: no more is heard of the runs begun inside it, which end in this state. */
  endInner(stateOf: () => WireState): void {
    const lost = [...this.#inner.values()].filter(({ stateName }) => stateName !== "NotReady");
    this.#inner.clear();
    const records = lost.map(({ record, stateName }) => {
      const state = stateOf();
      this.#run.flowRun?.root.progress.move(stateName, state.name);
      return { ...record, end_time: state.timestamp, states: [state] };
    });
    if (records.length > 0) this.#run.services.recorder.forward(records);
  }

  #follow(record: TaskRunRecord): void {
    const progress = this.#run.flowRun?.root.progress;
    for (const state of record.states) {
      const known = this.#inner.get(record.id);
      const isRunning = state.type === "RUNNING";
      progress?.move(known?.stateName, state.name);
      if (isRunning && known?.hasRun === true && progress !== undefined) progress.retries += 1;
      this.#inner.set(record.id, {
        record,
        stateName: state.name,
        hasRun: isRunning || known?.hasRun === true,
      });
    }
    if (record.end_time !== null) this.#inner.delete(record.id);
  }
}
