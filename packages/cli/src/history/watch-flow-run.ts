/** Follows a flow run that runs elsewhere until it has ended. */
import { setTimeout as sleep } from "node:timers/promises";
import { type FlowRun, isTerminalStateType, type OrchestrationApi, SluiceError } from "@sluice/protocol";
import { EXIT_FAILURE, EXIT_OK } from "../exit-codes.ts";
import type { JsonOptions } from "../global-options.ts";
import { clockText, durationText } from "../output/time-text.ts";
import { showProgress } from "../running/progress-display.ts";
import type { HistoryContext } from "./with-history.ts";

const INTERVAL_MS = 500;
/** Counts are dearer than the state. */
const COUNT_EVERY = 4;
/** A run that has not begun by then gets a hint. */
const PATIENCE_MS = 10_000;

/** The run has not ended within the time it was watched. It goes on. */
export class WatchTimeoutError extends SluiceError {
  constructor({ id, name, state_name: state }: FlowRun, seconds: number) {
    super(
      "WAIT_TIMEOUT",
      `Flow run ${name} is ${state ?? "without a state"} after ${durationText(seconds)}, and goes on. "sluice flow-run watch ${name}" watches it again, "sluice flow-run explain ${name}" says why it does not run.`,
      { details: { id, name } },
    );
  }
}

export interface WatchOptions extends JsonOptions {
  /** Seconds; default: as long as it takes. */
  readonly timeout?: number;
}

/**
 * Tells states and progress on standard error and, once the run has ended, the run on standard output. The exit code
 * says whether it completed.
 *
 * @throws {WatchTimeoutError} when it has not ended in time.
 */
export async function watchFlowRun(
  run: FlowRun,
  options: WatchOptions,
  context: HistoryContext,
): Promise<void> {
  const { printer, terminal } = context;
  const ended = await untilEnded(run, options, context);
  terminal.exitCode = ended.state_type === "COMPLETED" ? EXIT_OK : EXIT_FAILURE;
  if (options.json) printer.json(ended);
  else printer.line(`${ended.state_name}  ${ended.name}  ${durationText(ended.total_run_time)}`);
  if (ended.state_type !== "COMPLETED") printer.hint(`Look at it: sluice flow-run inspect ${ended.name}`);
}

async function untilEnded(
  begun: FlowRun,
  { timeout }: WatchOptions,
  { api, printer, terminal }: HistoryContext,
): Promise<FlowRun> {
  const beginMs = performance.now();
  const endMs = timeout === undefined ? Number.POSITIVE_INFINITY : beginMs + timeout * 1000;
  const tell = stateTeller(terminal);
  const watched = new WatchedCounts(begun, api);
  const stopProgress = showProgress({ id: begun.id, name: begun.name, progress: watched }, terminal);
  let isHinted = false;
  try {
    for (let run = begun, turn = 0; ; turn += 1) {
      tell(run);
      if (run.state_type !== null && isTerminalStateType(run.state_type)) return run;
      const now = performance.now();
      if (now >= endMs) throw new WatchTimeoutError(run, timeout ?? 0);
      if (!isHinted && isWaiting(run) && now - beginMs > PATIENCE_MS) {
        isHinted = true;
        printer.hint(`It has not begun. Why: sluice flow-run explain ${run.name}`);
      }
      await sleep(Math.min(INTERVAL_MS, endMs - now));
      if (turn % COUNT_EVERY === 0) await watched.refresh();
      run = await api.flowRuns.get(run.id);
    }
  } finally {
    stopProgress();
  }
}

function isWaiting({ state_type: type }: FlowRun): boolean {
  return type === "SCHEDULED" || type === "PENDING";
}

/** Writes each state once. */
function stateTeller({ stderr }: HistoryContext["terminal"]): (run: FlowRun) => void {
  let known: string | null | undefined;
  return ({ state, state_id: id, name }) => {
    if (id === known || state === null) return;
    known = id;
    const clock = clockText(state.timestamp, { now: new Date(), isTerminal: true });
    stderr.write(`${[clock, name, state.name, state.message ?? ""].join("  ").trimEnd()}\n`);
  };
}

/** Counts of task runs as the progress display reads them. */
class WatchedCounts {
  readonly #run: FlowRun;
  readonly #api: OrchestrationApi;
  #counts: Readonly<Record<string, number>> = {};
  /** Retries of task runs are not counted by state. */
  readonly retries = 0;

  constructor(run: FlowRun, api: OrchestrationApi) {
    this.#run = run;
    this.#api = api;
  }

  get total(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count, 0);
  }

  byStateName(): Record<string, number> {
    return { ...this.#counts };
  }

  async refresh(): Promise<void> {
    const counts = await this.#api.ui.countTaskRunStates({
      task_runs: { flow_run_id: { any_: [this.#run.id] } },
    });
    this.#counts = Object.fromEntries(
      Object.entries(counts).map(([type, count]) => [
        `${type.charAt(0)}${type.slice(1).toLowerCase()}`,
        count,
      ]),
    );
  }
}
