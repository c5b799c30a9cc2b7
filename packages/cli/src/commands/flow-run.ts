/** `sluice flow-run …`: the flow runs of the history. */
import { closeEngines, openHistory } from "@sluice/core";
import { type Command, Option } from "commander";
import { executeInTerminal } from "../executing/execute-in-terminal.ts";
import type { GlobalOptions, JsonOptions } from "../global-options.ts";
import { cancelFlowRun } from "../history/cancel-flow-run.ts";
import { deleteFlowRun } from "../history/delete-flow-run.ts";
import { explainFlowRun, writeExplanation } from "../history/explain-flow-run.ts";
import { findFlowRun } from "../history/find-run.ts";
import { followLogs } from "../history/follow-logs.ts";
import { inspectFlowRun, writeFlowRun } from "../history/inspect-flow-run.ts";
import { addListOptions, type ListOptions, stateFilter } from "../history/list-options.ts";
import { listLogs, writeLogs } from "../history/log-lines.ts";
import { addLogOptions, type LogOptions } from "../history/log-options.ts";
import { flowNames } from "../history/names.ts";
import { listUpTo } from "../history/pages.ts";
import { retryCall } from "../history/retry-call.ts";
import { flowRunTable } from "../history/run-table.ts";
import { type WatchOptions, watchFlowRun } from "../history/watch-flow-run.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import { parseDuration } from "../options/duration-option.ts";
import type { Terminal } from "../output/terminal.ts";
import { addParameterOptions, givenParameters, type ParameterOptions } from "../running/parameter-options.ts";
import { runInTerminal, type TerminalRun } from "../running/run-in-terminal.ts";
import { useProfile } from "../running/use-profile.ts";

interface LsOptions extends JsonOptions, ListOptions {
  readonly flowName?: string;
}

interface LogsOptions extends JsonOptions, LogOptions {
  readonly follow?: true;
}

interface RetryOptions extends JsonOptions, ParameterOptions {
  readonly entrypoint?: string;
}

const RUN = "<id|name>";
const RUN_DESCRIPTION = "id or name of the flow run";

/** Defines the command and its sub-commands. */
export function defineFlowRun(command: Command, terminal: Terminal): void {
  command
    .description("A flow run is one execution of a flow, with its states, task runs and log lines.")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice flow-run ls --state-type failed\n  sluice flow-run inspect lively-otter\n" +
        "  sluice flow-run logs lively-otter --level warn\n  sluice flow-run retry lively-otter",
    );
  defineLs(command, terminal);
  defineInspect(command, terminal);
  defineLogs(command, terminal);
  defineExplain(command, terminal);
  defineWatch(command, terminal);
  defineCancel(command, terminal);
  defineRetry(command, terminal);
  defineDelete(command, terminal);
  defineExecute(command, terminal);
}

function defineLs(command: Command, terminal: Terminal): void {
  addListOptions(command.command("ls"))
    .description("Lists flow runs, newest first.")
    .option("--flow-name <name>", "only runs of the flow of this name")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice flow-run ls --flow-name report --state Crashed --limit 5")
    .action(async (_options, ls: Command) => {
      const options: LsOptions = ls.optsWithGlobals();
      await withHistory(options, terminal, (context) => listFlowRuns(options, context));
    });
}

function defineInspect(command: Command, terminal: Terminal): void {
  command
    .command("inspect")
    .description("Shows a flow run: facts, parameters, counts of task runs, those that failed, states.")
    .argument(RUN, RUN_DESCRIPTION)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice flow-run inspect lively-otter --json | jq .task_run_counts")
    .action(async (idOrName: string, _options, inspect: Command) => {
      const options: JsonOptions = inspect.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const run = await inspectFlowRun(await findFlowRun(context.api, idOrName), context);
        if (options.json) context.printer.json(run);
        else writeFlowRun(run, context);
      });
    });
}

function defineLogs(command: Command, terminal: Terminal): void {
  addLogOptions(command.command("logs"))
    .description("Shows the log lines of a flow run and its task runs, oldest first.")
    .argument(RUN, RUN_DESCRIPTION)
    .addOption(
      new Option(
        "-f, --follow",
        "go on with new lines, looked for twice a second, until the run has ended",
      ).conflicts(["head", "json"]),
    )
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice flow-run logs lively-otter --tail 50 --level warn --follow")
    .action(async (idOrName: string, _options, logs: Command) => {
      const options: LogsOptions = logs.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const { id } = await findFlowRun(context.api, idOrName);
        const selection = { ...options, of: { flow_run_id: { any_: [id] } } };
        if (options.json) context.printer.json(await listLogs(context.api, selection));
        else if (options.follow) await followLogs(id, selection, context);
        else await writeLogs(selection, context);
      });
    });
}

function defineExplain(command: Command, terminal: Terminal): void {
  command
    .command("explain")
    .description(
      "Says why a flow run is not running: what is paused or full and who holds it, whether a worker is there, when it is due.",
    )
    .argument(RUN, RUN_DESCRIPTION)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice flow-run explain lively-otter")
    .action(async (idOrName: string, _options, explain: Command) => {
      const options: JsonOptions = explain.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const run = await findFlowRun(context.api, idOrName);
        const explanation = await explainFlowRun(run, context);
        if (options.json) context.printer.json(explanation);
        else writeExplanation(run, explanation, context);
      });
    });
}

function defineWatch(command: Command, terminal: Terminal): void {
  command
    .command("watch")
    .description(
      "Shows how a flow run gets on until it has ended. The exit code says whether it completed; Ctrl-C ends the watching alone.",
    )
    .argument(RUN, RUN_DESCRIPTION)
    .option("--timeout <time>", "give up after so long, such as 15m; the run goes on", parseDuration)
    .option("--json", "print the run as JSON when it has ended")
    .addHelpText("after", "\nExamples:\n  sluice flow-run watch lively-otter --timeout 15m")
    .action(async (idOrName: string, _options, watch: Command) => {
      const options: WatchOptions = watch.optsWithGlobals();
      await withHistory(options, terminal, async (context) =>
        watchFlowRun(await findFlowRun(context.api, idOrName), options, context),
      );
    });
}

function defineCancel(command: Command, terminal: Terminal): void {
  command
    .command("cancel")
    .description(
      "Stops a flow run. What executes it is told to; one that has not begun is cancelled at once.",
    )
    .argument(RUN, RUN_DESCRIPTION)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice flow-run cancel lively-otter && sluice flow-run watch lively-otter",
    )
    .action(async (idOrName: string, _options, cancel: Command) => {
      const options: JsonOptions = cancel.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const run = await cancelFlowRun(await findFlowRun(context.api, idOrName), context);
        if (options.json) context.printer.json(run);
        else if (run.state_type === "CANCELLED") context.printer.line(`Cancelled ${run.name} (${run.id}).`);
        else context.printer.line(`Told ${run.name} (${run.id}) to stop: it is ${run.state_name}.`);
      });
    });
}

function defineRetry(command: Command, terminal: Terminal): void {
  const retry = command
    .command("retry")
    .description(
      "Runs a flow run again that failed, crashed or was cancelled: the same run, with its parameters. Tasks whose results were persisted are not run again. Exit codes are those of sluice run.",
    )
    .argument(RUN, RUN_DESCRIPTION);
  addParameterOptions(retry)
    .option("--entrypoint <file:flow>", "where the flow is; default: where it was")
    .option("--json", "print the outcome and the result as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice flow-run retry lively-otter\n  sluice flow-run retry lively-otter -p limit=5",
    )
    .action(async (idOrName: string, _options, retried: Command) => {
      terminal.exitCode = await retryNamedRun(idOrName, retried.optsWithGlobals(), terminal);
    });
}

function defineDelete(command: Command, terminal: Terminal): void {
  command
    .command("delete")
    .description("Deletes a flow run that has ended, with its states, task runs and log lines.")
    .argument(RUN, RUN_DESCRIPTION)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice flow-run delete lively-otter")
    .action(async (idOrName: string, _options, deletion: Command) => {
      const options: JsonOptions = deletion.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const run = await findFlowRun(api, idOrName);
        await deleteFlowRun(run, api);
        if (options.json) printer.json(run);
        else printer.line(`Deleted flow run ${run.name} (${run.id}).`);
      });
    });
}

function defineExecute(command: Command, terminal: Terminal): void {
  command
    .command("execute")
    .description(
      "Runs a flow run of a deployment in this process: what workers start. The run is that of SLUICE__FLOW_RUN_ID or PREFECT__FLOW_RUN_ID, unless its id is given.",
    )
    .argument("[id]", "id of the flow run")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice flow-run execute 01997a0c-7d55-7000-8000-0f2a91c45e6d\n" +
        "  SLUICE__FLOW_RUN_ID=01997a0c-7d55-7000-8000-0f2a91c45e6d sluice flow-run execute",
    )
    .action(async (id: string | undefined, _options, execute: Command) => {
      const { profile }: GlobalOptions = execute.optsWithGlobals();
      useProfile(profile);
      terminal.exitCode = await executeInTerminal(id, terminal.env);
    });
}

async function listFlowRuns(options: LsOptions, { api, printer, terminal }: HistoryContext): Promise<void> {
  const { flowName, limit, json } = options;
  const query = {
    ...(flowName === undefined ? {} : { flows: { name: { any_: [flowName] } } }),
    flow_runs: stateFilter(options),
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
  printer.table(flowRunTable(runs, flows, { now: new Date(), isTerminal: terminal.stdout.isTTY === true }));
  if (runs.length === 0) printer.hint(`There are no such flow runs in ${api.location}.`);
  if (runs.length === limit) printer.hint(`The newest ${limit}; --limit shows more.`);
}

async function retryNamedRun(idOrName: string, options: RetryOptions, terminal: Terminal): Promise<number> {
  useProfile(options.profile);
  const { entrypoint, json } = options;
  const load = async (): Promise<TerminalRun> => {
    const api = await openHistory();
    const run = await findFlowRun(api, idOrName);
    return retryCall({ run, given: givenParameters(options), entrypoint }, api);
  };
  try {
    return await runInTerminal(load, { json: json === true, terminal });
  } finally {
    await closeEngines();
  }
}
