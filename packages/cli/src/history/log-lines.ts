/** The log lines of a run as people see them. */
import { hasColors, prettyFormat } from "@sluice/core";
import {
  LOG_LEVELS,
  type Log,
  type LogFilter,
  type LogLevelName,
  type OrchestrationApi,
} from "@sluice/protocol";
import { flowRunNames, taskRunNames } from "./names.ts";
import { listUpTo, pages } from "./pages.ts";
import type { HistoryContext } from "./with-history.ts";

export interface LogSelection {
  /** Whose lines. */
  readonly of: Pick<LogFilter, "flow_run_id" | "task_run_id">;
  /** Only this many of the first lines. */
  readonly head?: number | undefined;
  /** Only this many of the last lines. */
  readonly tail?: number | undefined;
  /** The least level. */
  readonly level?: LogLevelName | undefined;
}

/** Writes the lines, oldest first, to standard output, as they are read. */
export async function writeLogs(selection: LogSelection, context: HistoryContext): Promise<void> {
  const writer = logWriter(context);
  for await (const page of logPages(context.api, selection)) await writer(page);
}

/** A function that writes lines, with the names of the runs they belong to. */
export function logWriter({ api, terminal }: HistoryContext): (logs: readonly Log[]) => Promise<void> {
  const { stdout, env } = terminal;
  const format = prettyFormat({ isTerminal: stdout.isTTY === true, colors: hasColors(stdout, env) });
  return async (logs) => {
    const flowRuns = await flowRunNames(
      api,
      logs.map((log) => log.flow_run_id),
    );
    const taskRuns = await taskRunNames(
      api,
      logs.map((log) => log.task_run_id),
    );
    for (const log of logs) {
      const line = format({
        name: log.name,
        level: levelName(log.level),
        message: log.message,
        fields: {},
        timestamp: new Date(log.timestamp),
        flowRunName: flowRuns.get(log.flow_run_id ?? ""),
        taskRunName: taskRuns.get(log.task_run_id ?? ""),
      });
      stdout.write(`${line}\n`);
    }
  };
}

/** The lines as the wire has them, oldest first. */
export async function listLogs(api: OrchestrationApi, selection: LogSelection): Promise<readonly Log[]> {
  const all: Log[] = [];
  for await (const page of logPages(api, selection)) all.push(...page);
  return all;
}

async function* logPages(
  api: OrchestrationApi,
  { of, head, tail, level }: LogSelection,
): AsyncGenerator<readonly Log[]> {
  const logs = logFilter({ of, level });
  if (tail === undefined) {
    yield* pages(head ?? Number.POSITIVE_INFINITY, (range) => api.logs.filter({ logs, ...range }));
    return;
  }
  const last = await listUpTo(tail, (range) => api.logs.filter({ logs, sort: "TIMESTAMP_DESC", ...range }));
  yield last.reverse();
}

/** What the history is asked for. */
export function logFilter({ of, level }: Pick<LogSelection, "of" | "level">): LogFilter {
  return level === undefined ? of : { ...of, level: { ge_: LOG_LEVELS[level] } };
}

/** The name of a level, or of the next one below for a number between them. */
function levelName(level: number): LogLevelName {
  if (level >= LOG_LEVELS.critical) return "critical";
  if (level >= LOG_LEVELS.error) return "error";
  if (level >= LOG_LEVELS.warn) return "warn";
  return level >= LOG_LEVELS.info ? "info" : "debug";
}
