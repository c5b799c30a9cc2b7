/** Lists of runs as tables. */
import type { FlowRun, TaskRun } from "@sluice/protocol";
import { stateColor } from "../output/state-text.ts";
import type { Table } from "../output/table.ts";
import { durationText, type TimeFormat, timeText } from "../output/time-text.ts";
import type { Names } from "./names.ts";

type AnyRun = FlowRun | TaskRun;

/** Flow runs with the names of their flows. */
export function flowRunTable(runs: readonly FlowRun[], flows: Names, format: TimeFormat): Table {
  return {
    columns: ["NAME", "FLOW", "STATE", "STARTED", "DURATION", "ID"],
    rows: runs.map((run) => [
      run.name,
      flows.get(run.flow_id) ?? run.flow_id,
      ...stateAndTimes(run, format),
      run.id,
    ]),
    colorOf: (row, column) => (column === 2 ? colorOf(runs[row]) : undefined),
  };
}

/** Task runs with the names of their flow runs. */
export function taskRunTable(runs: readonly TaskRun[], flowRuns: Names, format: TimeFormat): Table {
  return {
    columns: ["NAME", "FLOW RUN", "STATE", "STARTED", "DURATION", "ATTEMPTS", "ID"],
    rows: runs.map((run) => [
      run.name,
      flowRuns.get(run.flow_run_id ?? "") ?? run.flow_run_id ?? "",
      ...stateAndTimes(run, format),
      String(run.run_count),
      run.id,
    ]),
    colorOf: (row, column) => (column === 2 ? colorOf(runs[row]) : undefined),
  };
}

function stateAndTimes(run: AnyRun, format: TimeFormat): readonly string[] {
  const seconds = run.estimated_run_time;
  const duration = format.isTerminal ? durationText(seconds) : String(seconds);
  return [run.state_name ?? "", timeText(run.start_time, format), run.start_time === null ? "" : duration];
}

function colorOf(run: AnyRun | undefined): ReturnType<typeof stateColor> | undefined {
  return run?.state_type ? stateColor(run.state_type) : undefined;
}
