/** `sluice deployment backfill …`: runs for the past. */
import { type Command, InvalidArgumentError } from "commander";
import { parseCount } from "../history/list-options.ts";
import { withHistory } from "../history/with-history.ts";
import { parseInstant } from "../options/instant-option.ts";
import type { Terminal } from "../output/terminal.ts";
import { type BackfillOptions, backfill } from "./backfill.ts";
import { DEPLOYMENT, findDeployment } from "./find-deployment.ts";
import { findSchedule } from "./find-schedule.ts";

const MAX_CONCURRENCY = 200;

/** Defines the command. */
export function defineBackfill(command: Command, terminal: Terminal): void {
  command
    .description(
      "Makes a run for every instant that the schedules of a deployment had in a span of time and that has none yet.\n" +
        "A run's scheduled time is its instant. Called again, it goes on where it was.",
    )
    .argument(...DEPLOYMENT)
    .requiredOption("--from <instant>", "the beginning, such as 2026-03-01", parseInstant)
    .requiredOption("--to <instant>", "the end, which is not in the future", parseInstant)
    .option("--schedule <slug|id>", "only instants of this schedule; default: of all, paused ones too")
    .option(
      "--concurrency <count>",
      "wait for runs to end, so that no more than so many have not; default: make all at once",
      parseConcurrency,
    )
    .option("--dry-run", "show the instants and make no runs")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice deployment backfill report/nightly --from 2026-03-01 --to 2026-03-31 --dry-run\n" +
        "  sluice deployment backfill report/nightly --from 2026-03-01 --to 2026-03-31 --concurrency 4",
    )
    .action(async (reference: string, _options, called: Command) => {
      const options: BackfillOptions & { readonly schedule?: string } = called.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const deployment = await findDeployment(context.api, reference);
        const schedules =
          options.schedule === undefined
            ? deployment.schedules
            : [await findSchedule(deployment, options.schedule)];
        await backfill(deployment, schedules, options, context);
      });
    });
}

function parseConcurrency(text: string): number {
  const count = parseCount(text);
  if (count > MAX_CONCURRENCY) throw new InvalidArgumentError(`It takes at most ${MAX_CONCURRENCY}.`);
  return count;
}
