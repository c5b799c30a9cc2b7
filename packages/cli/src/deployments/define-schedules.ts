/** `sluice deployment schedule …`: when deployments run by themselves. */
import type { Command } from "commander";
import type { JsonOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import { parseInstant } from "../options/instant-option.ts";
import type { Terminal } from "../output/terminal.ts";
import { DEPLOYMENT, findDeployment, fullName } from "./find-deployment.ts";
import { findSchedule, SCHEDULE } from "./find-schedule.ts";
import { type PreviewOptions, previewSchedules } from "./preview-schedules.ts";
import { addScheduleOptions, type ScheduleOptions, scheduleRequest } from "./schedule-options.ts";
import { scheduleTable } from "./schedule-table.ts";
import { scheduleText } from "./schedule-text.ts";

const DEFAULT_COUNT = 10;

/** Defines the sub-commands. */
export function defineSchedules(command: Command, terminal: Terminal): void {
  command
    .description("A schedule makes runs of its deployment by itself: every so often, by cron, or by a rule.")
    .addHelpText(
      "after",
      '\nExamples:\n  sluice deployment schedule create report/nightly --cron "0 6 * * *" --timezone Europe/Paris\n' +
        "  sluice deployment schedule preview report/nightly --from 2026-03-28 --count 5\n" +
        "  sluice deployment schedule pause report/nightly mornings",
    );
  defineLs(command, terminal);
  defineCreate(command, terminal);
  definePreview(command, terminal);
  defineActive(command, terminal, { name: "pause", active: false, done: "Paused" });
  defineActive(command, terminal, { name: "resume", active: true, done: "Resumed" });
  defineDelete(command, terminal);
  defineClear(command, terminal);
}

function defineLs(command: Command, terminal: Terminal): void {
  command
    .command("ls")
    .description("Lists the schedules of a deployment.")
    .argument(...DEPLOYMENT)
    .option("--json", "print JSON")
    .action(async (reference: string, _options, ls: Command) => {
      const options: JsonOptions = ls.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const deployment = await findDeployment(api, reference);
        if (options.json) printer.json(deployment.schedules);
        else printer.table(scheduleTable(deployment.schedules));
        if (deployment.schedules.length === 0) printer.hint(`${fullName(deployment)} has no schedules.`);
      });
    });
}

function defineCreate(command: Command, terminal: Terminal): void {
  addScheduleOptions(command.command("create").argument(...DEPLOYMENT))
    .description("Adds a schedule to a deployment. -p gives its runs other parameters than the deployment's.")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      '\nExamples:\n  sluice deployment schedule create report/nightly --cron "0 6 * * *" --timezone Europe/Paris\n' +
        "  sluice deployment schedule create report/nightly --interval 1h --slug hourly -p region=eu\n" +
        '  sluice deployment schedule create report/nightly --rrule "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=17;BYMINUTE=0"',
    )
    .action(async (reference: string, _options, create: Command) => {
      const options: ScheduleOptions = create.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const deployment = await findDeployment(api, reference);
        const request = scheduleRequest(deployment, options);
        const created = await api.deployments.createSchedules(deployment.id, [request]);
        if (options.json) printer.json(created);
        for (const schedule of options.json ? [] : created) {
          printer.line(`Added ${scheduleText(schedule)} to ${fullName(deployment)} (${schedule.id}).`);
        }
        printer.hint(`When it runs: sluice deployment schedule preview "${fullName(deployment)}"`);
      });
    });
}

function definePreview(command: Command, terminal: Terminal): void {
  command
    .command("preview")
    .description(
      "Shows when runs are due, by the clock of each schedule's time zone: the dates that the server makes runs for.",
    )
    .argument(...DEPLOYMENT)
    .argument("[schedule]", "slug or id of one schedule; default: all that are not paused")
    .option("--count <count>", "how many dates", parseCount, DEFAULT_COUNT)
    .option("--from <instant>", "from then on; default: now", parseInstant)
    .option("--until <instant>", "no later than then", parseInstant)
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice deployment schedule preview report/nightly --from 2026-03-28 --count 4",
    )
    .action(async (reference: string, idOrSlug: string | undefined, _options, preview: Command) => {
      const options: PreviewOptions = preview.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const deployment = await findDeployment(context.api, reference);
        const chosen =
          idOrSlug === undefined
            ? deployment.schedules.filter(({ active }) => active)
            : [await findSchedule(deployment, idOrSlug)];
        await previewSchedules(deployment, chosen, options, context);
      });
    });
}

interface Change {
  readonly name: string;
  readonly active: boolean;
  readonly done: string;
}

function defineActive(command: Command, terminal: Terminal, { name, active, done }: Change): void {
  command
    .command(name)
    .description(active ? "Lets a schedule make runs again." : "Lets a schedule make no runs.")
    .argument(...DEPLOYMENT)
    .argument(...SCHEDULE)
    .option("--json", "print JSON")
    .action(async (reference: string, idOrSlug: string, _options, change: Command) => {
      const options: JsonOptions = change.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const deployment = await findDeployment(api, reference);
        const schedule = await findSchedule(deployment, idOrSlug);
        await api.deployments.updateSchedule(deployment.id, schedule.id, { active });
        if (options.json) printer.json({ ...schedule, active });
        else printer.line(`${done} ${idOrSlug} of ${fullName(deployment)}.`);
      });
    });
}

function defineDelete(command: Command, terminal: Terminal): void {
  command
    .command("delete")
    .description("Deletes a schedule with the runs it made that have not begun.")
    .argument(...DEPLOYMENT)
    .argument(...SCHEDULE)
    .option("--json", "print JSON")
    .action(async (reference: string, idOrSlug: string, _options, remove: Command) => {
      const options: JsonOptions = remove.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const deployment = await findDeployment(context.api, reference);
        const schedules = [await findSchedule(deployment, idOrSlug)];
        await deleteSchedules({ ...deployment, schedules }, options, context);
      });
    });
}

function defineClear(command: Command, terminal: Terminal): void {
  command
    .command("clear")
    .description("Deletes all schedules of a deployment with the runs they made that have not begun.")
    .argument(...DEPLOYMENT)
    .option("--json", "print JSON")
    .action(async (reference: string, _options, clear: Command) => {
      const options: JsonOptions = clear.optsWithGlobals();
      await withHistory(options, terminal, async (context) =>
        deleteSchedules(await findDeployment(context.api, reference), options, context),
      );
    });
}

/** Deletes the schedules that are given with their deployment. */
async function deleteSchedules(
  deployment: Awaited<ReturnType<typeof findDeployment>>,
  { json }: JsonOptions,
  { api, printer }: HistoryContext,
): Promise<void> {
  const { id, schedules } = deployment;
  for (const schedule of schedules) await api.deployments.deleteSchedule(id, schedule.id);
  if (json) printer.json({ deleted: schedules.map((schedule) => schedule.id) });
  else if (schedules.length === 0) printer.line(`${fullName(deployment)} has no schedules.`);
  for (const schedule of json ? [] : schedules) {
    printer.line(`Deleted ${schedule.slug ?? scheduleText(schedule)} of ${fullName(deployment)}.`);
  }
}
