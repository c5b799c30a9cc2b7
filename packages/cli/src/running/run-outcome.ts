/** How a run ended, for the summary and for `--json`. */
import type { State } from "@sluice/core";
import type { WireState } from "@sluice/protocol";
import { jsonText } from "../output/json-text.ts";

export interface RunOutcome {
  readonly id: string;
  readonly name: string;
  readonly flowName: string;
  readonly state: State;
  /** What the flow gave; `undefined` unless it completed. */
  readonly result: unknown;
  /** Why the result of a completed run cannot be read from its storage; `undefined` when it can. */
  readonly resultProblem: string | undefined;
  /** What the flow threw; `undefined` unless it failed with an error. */
  readonly error: unknown;
  /** Count of task runs by the name of their state, of this attempt and with those of sub-flows. */
  readonly taskRuns: Readonly<Record<string, number>>;
  readonly taskRunCount: number;
  readonly retries: number;
  readonly durationSeconds: number;
}

/** The document that `--json` prints. */
export interface RunDocument {
  readonly id: string;
  readonly name: string;
  readonly flow_name: string;
  readonly state: WireState;
  /** Null when there is none, and when it cannot be read or be put in JSON; then `result_problem` says why. */
  readonly result: unknown;
  readonly result_problem?: string;
  readonly error: { readonly name: string; readonly message: string } | null;
  readonly task_runs: Readonly<Record<string, number>>;
  readonly task_run_count: number;
  readonly retries: number;
  readonly duration_seconds: number;
}

/** The outcome as JSON has it. */
export function runDocument(outcome: RunOutcome): RunDocument {
  const { error } = outcome;
  return {
    id: outcome.id,
    name: outcome.name,
    flow_name: outcome.flowName,
    state: outcome.state.toWire(),
    ...jsonResult(outcome),
    error: error instanceof Error ? { name: error.name, message: error.message } : null,
    task_runs: outcome.taskRuns,
    task_run_count: outcome.taskRunCount,
    retries: outcome.retries,
    duration_seconds: outcome.durationSeconds,
  };
}

/** A result that was read, or why it was not. */
export type ReadResult = Pick<RunOutcome, "result" | "resultProblem">;

/** The value of a completed run. */
export async function readResult(state: State): Promise<ReadResult> {
  if (!state.isCompleted() || state.data === undefined)
    return { result: undefined, resultProblem: undefined };
  try {
    return { result: await state.result(), resultProblem: undefined };
  } catch (error) {
    return { result: undefined, resultProblem: error instanceof Error ? error.message : String(error) };
  }
}

function jsonResult({ result, resultProblem }: ReadResult): Pick<RunDocument, "result" | "result_problem"> {
  if (resultProblem !== undefined) return { result: null, result_problem: resultProblem };
  try {
    return { result: JSON.parse(jsonText(result) ?? "null") };
  } catch (problem) {
    return { result: null, result_problem: problem instanceof Error ? problem.message : String(problem) };
  }
}
