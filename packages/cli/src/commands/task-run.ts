/** `sluice task-run …`: the task runs of the history. */
import type { FlowRun } from "@sluice/protocol";
import type { Command } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import { findFlowRun, findTaskRun } from "../history/find-run.ts";
import { inspectTaskRun, writeTaskRun } from "../history/inspect-task-run.ts";
import { addListOptions, type ListOptions, stateFilter } from "../history/list-options.ts";
import { listLogs, writeLogs } from "../history/log-lines.ts";
import { addLogOptions, type LogOptions } from "../history/log-options.ts";
import { flowRunNames } from "../history/names.ts";
import { listUpTo } from "../history/pages.ts";
import { taskRunTable } from "../history/run-table.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import type { Terminal } from "../output/terminal.ts";

interface TaskRunOptions extends GlobalOptions {
  readonly flowRun?: string;
  readonly json?: true;
}

const FLOW_RUN = ["--flow-run <id|name>", "only task runs of this flow run"] as const;
const RUN = ["<id|name>", "id or name of the task run"] as const;

/** Defines the command and its sub-commands. */
export function defineTaskRun(command: Command, terminal: Terminal): void {
  command
    .description("A task run is one execution of a task, with its states and log lines.")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice task-run ls --flow-run lively-otter --state-type failed\n" +
        "  sluice task-run inspect clean-3 --flow-run lively-otter\n  sluice task-run logs clean-3 --flow-run lively-otter",
    );
  defineLs(command, terminal);
  defineInspect(command, terminal);
  defineLogs(command, terminal);
}

function defineLs(command: Command, terminal: Terminal): void {
  addListOptions(command.command("ls"))
    .description("Lists task runs, newest first.")
    .option(...FLOW_RUN)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice task-run ls --flow-run lively-otter --state Cached")
    .action(async (_options, ls: Command) => {
      const options: TaskRunOptions & ListOptions = ls.optsWithGlobals();
      await withHistory(options, terminal, (context) => listTaskRuns(options, context));
    });
}

function defineInspect(command: Command, terminal: Terminal): void {
  command
    .command("inspect")
    .description("Shows a task run: facts, what it depends on, states.")
    .argument(...RUN)
    .option(...FLOW_RUN)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice task-run inspect clean-3 --flow-run lively-otter")
    .action(async (idOrName: string, _options, inspect: Command) => {
      const options: TaskRunOptions = inspect.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const found = await findTaskRun(context.api, idOrName, await enclosingRun(options, context));
        const run = await inspectTaskRun(found, context);
        if (options.json) context.printer.json(run);
        else await writeTaskRun(run, context);
      });
    });
}

function defineLogs(command: Command, terminal: Terminal): void {
  addLogOptions(command.command("logs"))
    .description("Shows the log lines of a task run, oldest first.")
    .argument(...RUN)
    .option(...FLOW_RUN)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice task-run logs clean-3 --flow-run lively-otter --tail 20")
    .action(async (idOrName: string, _options, logs: Command) => {
      const options: TaskRunOptions & LogOptions = logs.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const { id } = await findTaskRun(context.api, idOrName, await enclosingRun(options, context));
        const selection = { ...options, of: { task_run_id: { any_: [id] } } };
        if (options.json) context.printer.json(await listLogs(context.api, selection));
        else await writeLogs(selection, context);
      });
    });
}

async function listTaskRuns(options: TaskRunOptions & ListOptions, context: HistoryContext): Promise<void> {
  const { api, printer, terminal } = context;
  const flowRun = await enclosingRun(options, context);
  const within = flowRun === undefined ? {} : { flow_run_id: { any_: [flowRun.id] } };
  const runs = await listUpTo(options.limit, (range) =>
    api.taskRuns.filter({ task_runs: { ...within, ...stateFilter(options) }, ...range }),
  );
  if (options.json) {
    printer.json(runs);
    return;
  }
  const flowRuns = await flowRunNames(
    api,
    runs.map((run) => run.flow_run_id),
  );
  printer.table(
    taskRunTable(runs, flowRuns, { now: new Date(), isTerminal: terminal.stdout.isTTY === true }),
  );
  if (runs.length === 0) printer.hint(`There are no such task runs in ${api.location}.`);
  if (runs.length === options.limit) printer.hint(`The newest ${options.limit}; --limit shows more.`);
}

async function enclosingRun(
  { flowRun }: TaskRunOptions,
  { api }: HistoryContext,
): Promise<FlowRun | undefined> {
  return flowRun === undefined ? undefined : findFlowRun(api, flowRun);
}
