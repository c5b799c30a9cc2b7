/** Runs a flow for somebody who looks on: progress, summary, result, exit code. */
import { currentSettings, type Flow, type FlowCall, runFlow, type State } from "@sluice/core";
import { EXIT_FAILURE, EXIT_OK } from "../exit-codes.ts";
import { Printer } from "../output/printer.ts";
import type { Terminal } from "../output/terminal.ts";
import { divertPrints } from "./divert-prints.ts";
import { type BegunRun, showProgress } from "./progress-display.ts";
import { type RunOutcome, readResult, runDocument } from "./run-outcome.ts";
import { writeSummary } from "./run-summary.ts";
import { holdStopSignals, type StopSignal, type StopSignals } from "./stop-signals.ts";

/** What is run. */
export interface TerminalRun {
  readonly flow: Flow<never, unknown>;
  readonly call: Pick<FlowCall, "parameters" | "flowRunId">;
}

/**
 * Loads a flow and runs it, and tells how it goes and how it went. With `json` standard output is the outcome as JSON, and
 * what the user's code prints goes to standard error.
 *
 * @returns the exit code: 0 completed, 1 not completed, 130 after Ctrl-C, 143 after SIGTERM.
 * @throws {HistoryUnavailableError} when no run can be opened.
 */
export async function runInTerminal(
  load: () => Promise<TerminalRun>,
  { json, terminal }: { readonly json: boolean; readonly terminal: Terminal },
): Promise<number> {
  const watched = new WatchedRun(terminal);
  const run = async (): Promise<RunOutcome> => {
    const { flow, call } = await load();
    return watched.outcome(flow.name, await watched.run(flow, call));
  };
  const outcome = await (json ? divertPrints(terminal, run) : run());
  const { api, history } = currentSettings();
  writeSummary(outcome, api.url !== undefined || history.mode === "sqlite", terminal);
  if (json) new Printer(terminal).json(runDocument(outcome));
  return watched.signalExitCode ?? (outcome.state.isCompleted() ? EXIT_OK : EXIT_FAILURE);
}

/** A run with what is around it while it lasts. */
class WatchedRun {
  readonly #terminal: Terminal;
  #begun: BegunRun | undefined;
  #beginMs = 0;
  #endMs = 0;
  #signals: StopSignals | undefined;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  get signalExitCode(): number | undefined {
    return this.#signals?.exitCode;
  }

  async run(flow: Flow<never, unknown>, call: FlowCall): Promise<State> {
    let endProgress: (() => void) | undefined;
    const onBegin = (run: BegunRun): void => {
      this.#begun = run;
      this.#beginMs = performance.now();
      this.#signals = holdStopSignals((signal) => this.#tellOfStop(signal));
      endProgress = showProgress(run, this.#terminal);
    };
    try {
      return await runFlow(flow, { ...call, onBegin });
    } finally {
      this.#endMs = performance.now();
      endProgress?.();
      this.#signals?.release();
    }
  }

  #tellOfStop(signal: StopSignal): void {
    const cause = signal === "SIGINT" ? "Ctrl-C" : "SIGTERM";
    const { cancelGraceSeconds } = currentSettings().flows;
    this.#terminal.stderr.write(
      `${cause}: the flow run is told to stop and has ${cancelGraceSeconds} s to clean up; once more ends it at once.\n`,
    );
  }

  async outcome(flowName: string, state: State): Promise<RunOutcome> {
    const run = this.#begun;
    if (run === undefined) throw new Error(`Flow ${flowName} ended in state ${state} without having begun.`);
    const { data } = state;
    return {
      id: run.id,
      name: run.name,
      flowName,
      state,
      ...(await readResult(state)),
      error: data?.kind === "error" ? data.error : undefined,
      taskRuns: run.progress.byStateName(),
      taskRunCount: run.progress.total,
      retries: run.progress.retries,
      durationSeconds: Math.round(this.#endMs - this.#beginMs) / 1000,
    };
  }
}
