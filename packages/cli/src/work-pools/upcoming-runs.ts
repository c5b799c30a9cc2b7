/** The scheduled runs that a work pool or a queue will give to workers. */
import type { FlowRunQuery } from "@sluice/protocol";
import type { JsonOptions } from "../global-options.ts";
import { flowNames } from "../history/names.ts";
import { listUpTo } from "../history/pages.ts";
import type { HistoryContext } from "../history/with-history.ts";
import { timeText } from "../output/time-text.ts";

export interface UpcomingOptions extends JsonOptions {
  readonly limit: number;
  /** Seconds ahead. */
  readonly within: number;
}

/** Writes those that are due within the time, earliest first; overdue ones are among them. */
export async function previewRuns(
  of: Pick<FlowRunQuery, "work_pools" | "work_pool_queues">,
  { limit, within, json }: UpcomingOptions,
  { api, printer, terminal }: HistoryContext,
): Promise<void> {
  const now = new Date();
  const until = new Date(now.getTime() + within * 1000).toISOString();
  const query: FlowRunQuery = {
    ...of,
    flow_runs: { state: { type: { any_: ["SCHEDULED"] } }, next_scheduled_start_time: { before_: until } },
    sort: "NEXT_SCHEDULED_START_TIME_ASC",
  };
  const runs = await listUpTo(limit, (range) => api.flowRuns.filter({ ...query, ...range }));
  if (json) {
    printer.json(runs);
    return;
  }
  const flows = await flowNames(
    api,
    runs.map((run) => run.flow_id),
  );
  const format = { now, isTerminal: terminal.stdout.isTTY === true };
  printer.table({
    columns: ["DUE", "NAME", "FLOW", "QUEUE", "STATE", "ID"],
    rows: runs.map((run) => [
      timeText(run.next_scheduled_start_time, format),
      run.name,
      flows.get(run.flow_id) ?? run.flow_id,
      run.work_queue_name ?? "",
      run.state_name ?? "",
      run.id,
    ]),
    colorOf: (row, column) =>
      column === 0 && Date.parse(runs[row]?.next_scheduled_start_time ?? "") < now.getTime()
        ? "yellow"
        : undefined,
  });
  if (runs.length === 0) printer.hint("No runs are due in that time. --within looks further ahead.");
}
