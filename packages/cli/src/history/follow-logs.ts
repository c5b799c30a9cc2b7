/** Shows the log lines of a flow run as they come. */
import { setTimeout as sleep } from "node:timers/promises";
import { isTerminalStateType, type Log, type OrchestrationApi } from "@sluice/protocol";
import { type LogSelection, listLogs, logFilter, logWriter } from "./log-lines.ts";
import { listUpTo } from "./pages.ts";
import type { HistoryContext } from "./with-history.ts";

const INTERVAL_MS = 500;
/** Processes send lines in batches, so that a line may come after one that is younger. */
const LATENESS_MS = 10_000;

/** Writes the lines there are, then those that come, until the run has ended. */
export async function followLogs(
  flowRunId: string,
  selection: LogSelection,
  context: HistoryContext,
): Promise<void> {
  const { api } = context;
  const write = logWriter(context);
  let hasEnded = await isOver(api, flowRunId);
  const first = await listLogs(api, selection);
  await write(first);
  let known = selection.tail === undefined ? first : await linesUntil(first.at(-1), selection, api);
  // Lines are sent a moment later than the final state, so they are looked for once more after it.
  while (!hasEnded) {
    hasEnded = await isOver(api, flowRunId);
    await sleep(INTERVAL_MS);
    const recent = await linesSince(known.at(-1), selection, api);
    const seen = new Set(known.map(({ id }) => id));
    await write(recent.filter(({ id }) => !seen.has(id)));
    if (recent.length > 0) known = recent;
  }
}

async function isOver(api: OrchestrationApi, flowRunId: string): Promise<boolean> {
  const { state_type: type } = await api.flowRuns.get(flowRunId);
  return type !== null && isTerminalStateType(type);
}

/** The lines about as old as this one, itself included: those that `--tail` left out among them. */
async function linesUntil(
  last: Log | undefined,
  selection: LogSelection,
  api: OrchestrationApi,
): Promise<readonly Log[]> {
  if (last === undefined) return [];
  const recent = await linesSince(last, selection, api);
  return recent.slice(0, recent.findIndex(({ id }) => id === last.id) + 1);
}

/** The lines about as old as this one and all younger ones. */
function linesSince(
  last: Log | undefined,
  selection: LogSelection,
  api: OrchestrationApi,
): Promise<readonly Log[]> {
  const filter = logFilter(selection);
  const since =
    last === undefined ? undefined : new Date(Date.parse(last.timestamp) - LATENESS_MS).toISOString();
  const logs = since === undefined ? filter : { ...filter, timestamp: { after_: since } };
  return listUpTo(Number.POSITIVE_INFINITY, (range) => api.logs.filter({ logs, ...range }));
}
