/** `sluice deployment …`: flows that are started from elsewhere. */
import type { Command } from "commander";
import { defineBackfill } from "../deployments/define-backfill.ts";
import { defineSchedules } from "../deployments/define-schedules.ts";
import { DEPLOYMENT, findDeployment, fullName } from "../deployments/find-deployment.ts";
import { writeDeployment } from "../deployments/inspect-deployment.ts";
import { type DeploymentListOptions, listDeployments } from "../deployments/list-deployments.ts";
import { addRunOptions, type RunOptions, runRequest } from "../deployments/run-options.ts";
import type { JsonOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { watchFlowRun } from "../history/watch-flow-run.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import { collect } from "../options/collect-option.ts";
import type { Terminal } from "../output/terminal.ts";
import { clockAndAgeText } from "../output/time-text.ts";

const DEFAULT_LIMIT = 200;

/** Defines the command and its sub-commands. */
export function defineDeployment(command: Command, terminal: Terminal): void {
  command
    .description(
      "A deployment says how a flow is started from elsewhere: its code, parameters, schedules, and who runs it.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice deployment ls\n  sluice deployment run report/nightly -p day=2026-11-20 --watch\n" +
        '  sluice deployment schedule create report/nightly --cron "0 6 * * *" --timezone Europe/Paris\n' +
        "  sluice deployment pause report/nightly",
    );
  defineLs(command, terminal);
  defineInspect(command, terminal);
  defineRun(command, terminal);
  defineBackfill(command.command("backfill"), terminal);
  definePaused(command, terminal, "pause");
  definePaused(command, terminal, "resume");
  defineDelete(command, terminal);
  defineSchedules(
    command.command("schedule").summary("see and change when a deployment runs by itself"),
    terminal,
  );
}

function defineLs(command: Command, terminal: Terminal): void {
  command
    .command("ls")
    .description("Lists deployments by name.")
    .option("--flow-name <name>", "only deployments of the flow of this name")
    .option("--pool <name>", "only deployments whose runs go to this work pool")
    .option("-t, --tag <tag>", "only deployments with this tag; repeatable", collect)
    .option("--limit <count>", "at most this many", parseCount, DEFAULT_LIMIT)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice deployment ls --flow-name report --json | jq -r '.[].name'")
    .action(async (_options, ls: Command) => {
      const options: DeploymentListOptions = ls.optsWithGlobals();
      await withHistory(options, terminal, (context) => listDeployments(options, context));
    });
}

function defineInspect(command: Command, terminal: Terminal): void {
  command
    .command("inspect")
    .description("Shows a deployment: where its code is, who runs it, parameters, schedules.")
    .argument(...DEPLOYMENT)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice deployment inspect report/nightly")
    .action(async (reference: string, _options, inspect: Command) => {
      const options: JsonOptions = inspect.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const deployment = await findDeployment(context.api, reference);
        if (options.json) context.printer.json(deployment);
        else writeDeployment(deployment, context);
      });
    });
}

function defineRun(command: Command, terminal: Terminal): void {
  addRunOptions(command.command("run").argument(...DEPLOYMENT))
    .description(
      "Makes a run of a deployment, which whoever serves it takes up. With --watch the exit code says whether it completed.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice deployment run report/nightly -p day=2026-11-20 --watch\n" +
        "  sluice deployment run report/nightly --start-in 15m\n" +
        "  sluice deployment run report/nightly --params @report.json --json | jq -r .id",
    )
    .action(async (reference: string, _options, run: Command) => {
      const options: RunOptions = run.optsWithGlobals();
      await withHistory(options, terminal, (context) => runDeployment(reference, options, context));
    });
}

async function runDeployment(reference: string, options: RunOptions, context: HistoryContext): Promise<void> {
  const { api, printer, terminal } = context;
  const deployment = await findDeployment(api, reference);
  const run = await api.deployments.createFlowRun(deployment.id, runRequest(deployment, options, new Date()));
  if (options.watch) {
    await watchFlowRun(run, options, context);
    return;
  }
  if (options.json) {
    printer.json(run);
    return;
  }
  const isLater = options.startAt !== undefined || options.startIn !== undefined;
  const due = clockAndAgeText(run.expected_start_time, {
    now: new Date(),
    isTerminal: terminal.stdout.isTTY === true,
  });
  printer.line(`Made ${run.name} (${run.id}) of ${fullName(deployment)}${isLater ? `, due ${due}` : ""}.`);
  printer.hint(`Follow it: sluice flow-run watch ${run.name}`);
}

function definePaused(command: Command, terminal: Terminal, change: "pause" | "resume"): void {
  command
    .command(change)
    .description(
      change === "pause"
        ? "Lets the schedules of a deployment make no runs, and deletes those they made that have not begun."
        : "Lets the schedules of a deployment make runs again.",
    )
    .argument(...DEPLOYMENT)
    .option("--json", "print JSON")
    .action(async (reference: string, _options, changed: Command) => {
      const options: JsonOptions = changed.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const deployment = await findDeployment(api, reference);
        await api.deployments[change](deployment.id);
        if (options.json) printer.json({ ...deployment, paused: change === "pause" });
        else printer.line(`${change === "pause" ? "Paused" : "Resumed"} ${fullName(deployment)}.`);
      });
    });
}

function defineDelete(command: Command, terminal: Terminal): void {
  command
    .command("delete")
    .description("Deletes a deployment with its schedules and the runs that have not begun.")
    .argument(...DEPLOYMENT)
    .option("--json", "print JSON")
    .action(async (reference: string, _options, remove: Command) => {
      const options: JsonOptions = remove.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const deployment = await findDeployment(api, reference);
        await api.deployments.delete(deployment.id);
        if (options.json) printer.json(deployment);
        else printer.line(`Deleted ${fullName(deployment)} (${deployment.id}).`);
      });
    });
}
