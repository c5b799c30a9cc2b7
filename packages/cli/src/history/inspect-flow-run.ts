/** What is known of one flow run. */
import type { FlowRun, TaskRun, WireState } from "@sluice/protocol";
import { type Fact, factIf, factOfLines, writeFacts } from "../output/facts.ts";
import { jsonText } from "../output/json-text.ts";
import { countsText, stateColor } from "../output/state-text.ts";
import { clockAndAgeText, durationText, type TimeFormat } from "../output/time-text.ts";
import { stateTable } from "./state-table.ts";
import { countTaskRuns } from "./task-run-counts.ts";
import type { HistoryContext } from "./with-history.ts";

/** A flow run with what belongs to it: the document that `--json` prints. */
export interface InspectedFlowRun extends FlowRun {
  readonly flow_name: string;
  /** Every state the run had, oldest first. */
  readonly states: readonly WireState[];
  /** Count of task runs by the name of their state. */
  readonly task_run_counts: Readonly<Record<string, number>>;
  /** The newest of those that failed or crashed. */
  readonly failed_task_runs: readonly TaskRun[];
}

const MAX_FAILED = 20;
const MAX_VALUE_LENGTH = 200;

/** Reads everything about the run. */
export async function inspectFlowRun(run: FlowRun, { api }: HistoryContext): Promise<InspectedFlowRun> {
  const [flow, states, counts, failed] = await Promise.all([
    api.flows.get(run.flow_id),
    api.flowRuns.states(run.id),
    countTaskRuns(api, run.id),
    api.taskRuns.filter({
      task_runs: { flow_run_id: { any_: [run.id] }, state: { type: { any_: ["FAILED", "CRASHED"] } } },
      limit: MAX_FAILED,
    }),
  ]);
  return { ...run, flow_name: flow.name, states, task_run_counts: counts, failed_task_runs: failed };
}

/** Writes it for people: facts, failed task runs, states. */
export function writeFlowRun(run: InspectedFlowRun, { printer, terminal }: HistoryContext): void {
  const { stdout } = terminal;
  const format: TimeFormat = { now: new Date(), isTerminal: stdout.isTTY === true };
  writeFacts(
    {
      state: run.state_name ?? "(no state)",
      color: stateColor(run.state_type ?? "PENDING"),
      name: `${run.flow_name} / ${run.name}`,
      facts: [...facts(run, format), ...parameterFacts(run.parameters)],
    },
    stdout,
    terminal,
  );
  if (run.failed_task_runs.length > 0) {
    stdout.write("\n");
    printer.table({
      columns: ["FAILED TASK RUN", "STATE", "MESSAGE"],
      rows: run.failed_task_runs.map((task) => [task.name, task.state_name ?? "", task.state?.message ?? ""]),
      colorOf: (_row, column) => (column === 1 ? "red" : undefined),
    });
  }
  stdout.write("\n");
  printer.table(stateTable(run.states, format));
  printer.hint(
    `\nLogs: sluice flow-run logs ${run.name}   Task runs: sluice task-run ls --flow-run ${run.name}`,
  );
}

function facts(run: InspectedFlowRun, format: TimeFormat): readonly Fact[] {
  const { context } = run;
  return [
    ...factOfLines("reason", run.state?.message?.split("\n") ?? []),
    ["id", run.id],
    ...factIf("version", run.flow_version),
    ...factIf(
      "entrypoint",
      typeof context["sluice.entrypoint"] === "string" ? context["sluice.entrypoint"] : undefined,
    ),
    ...factIf("tags", run.tags.join(", ")),
    ...factIf("started", clockAndAgeText(run.start_time, format)),
    ...factIf("ended", clockAndAgeText(run.end_time, format)),
    ["duration", durationText(run.estimated_run_time)],
    ["attempts", String(run.run_count)],
    ["task runs", countsText(run.task_run_counts) || "none"],
  ];
}

function parameterFacts(parameters: FlowRun["parameters"]): readonly Fact[] {
  const lines = Object.entries(parameters).map(([name, value]) => {
    const text = jsonText(value);
    return `${name} = ${text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text}`;
  });
  return factOfLines("parameters", lines);
}
