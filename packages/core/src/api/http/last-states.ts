/** The last state of each task run that was told to a server, which the next one follows. */
import { isTerminalStateType, type TaskRunRecord, type WireState } from "@sluice/protocol";

/** Runs whose end is never told (their worker died) must not add up. */
const MAX_RUNS = 10_000;

export class LastStates {
  readonly #states = new Map<string, WireState>();

  of(taskRunId: string): WireState | undefined {
    return this.#states.get(taskRunId);
  }

  /** The states of these records have come to the server. */
  note(records: readonly TaskRunRecord[]): void {
    for (const { id, states } of records) {
      const last = states.at(-1);
      if (last === undefined) continue;
      this.#states.delete(id);
      if (!isTerminalStateType(last.type)) this.#states.set(id, last);
    }
    for (const id of this.#states.keys()) {
      if (this.#states.size <= MAX_RUNS) break;
      this.#states.delete(id);
    }
  }
}
