/** What is known of one task run. */
import type { TaskRun, WireState } from "@sluice/protocol";
import { type Fact, factIf, factOfLines, writeFacts } from "../output/facts.ts";
import { jsonText } from "../output/json-text.ts";
import { stateColor } from "../output/state-text.ts";
import { clockAndAgeText, durationText, type TimeFormat } from "../output/time-text.ts";
import { flowRunNames, type Names, taskRunNames } from "./names.ts";
import { stateTable } from "./state-table.ts";
import type { HistoryContext } from "./with-history.ts";

/** A task run with what belongs to it: the document that `--json` prints. */
export interface InspectedTaskRun extends TaskRun {
  readonly flow_run_name: string | null;
  /** Every state the run had, oldest first. */
  readonly states: readonly WireState[];
}

/** Reads everything about the run. */
export async function inspectTaskRun(run: TaskRun, { api }: HistoryContext): Promise<InspectedTaskRun> {
  const [flowRuns, states] = await Promise.all([
    flowRunNames(api, [run.flow_run_id]),
    api.taskRuns.states(run.id),
  ]);
  return { ...run, flow_run_name: flowRuns.get(run.flow_run_id ?? "") ?? null, states };
}

/** Writes it for people: facts and states. */
export async function writeTaskRun(
  run: InspectedTaskRun,
  { api, printer, terminal }: HistoryContext,
): Promise<void> {
  const { stdout } = terminal;
  const format: TimeFormat = { now: new Date(), isTerminal: stdout.isTTY === true };
  const upstream = await taskRunNames(api, upstreamIds(run));
  writeFacts(
    {
      state: run.state_name ?? "(no state)",
      color: stateColor(run.state_type ?? "PENDING"),
      name: run.flow_run_name === null ? run.name : `${run.flow_run_name} / ${run.name}`,
      facts: facts(run, upstream, format),
    },
    stdout,
    terminal,
  );
  stdout.write("\n");
  printer.table(stateTable(run.states, format));
}

function facts(run: InspectedTaskRun, upstream: Names, format: TimeFormat): readonly Fact[] {
  return [
    ...factOfLines("reason", run.state?.message?.split("\n") ?? []),
    ["id", run.id],
    ["task", run.task_key],
    ...factIf("tags", run.tags.join(", ")),
    ...factIf("started", clockAndAgeText(run.start_time, format)),
    ...factIf("ended", clockAndAgeText(run.end_time, format)),
    ["duration", durationText(run.estimated_run_time)],
    ["attempts", String(run.run_count)],
    ...factIf("cache key", run.cache_key),
    ...factIf("result", run.state?.data ? jsonText(run.state.data) : undefined),
    ...factOfLines("depends on", [...upstream.values()]),
  ];
}

function upstreamIds({ task_inputs: inputs }: TaskRun): readonly string[] {
  return Object.values(inputs)
    .flat()
    .flatMap((input) => (input.input_type === "task_run" ? [input.id] : []));
}
