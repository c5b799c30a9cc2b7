/** `sluice flow …`: the flows of the history. */
import type { Command } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { listUpTo } from "../history/pages.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import type { Terminal } from "../output/terminal.ts";
import { timeText } from "../output/time-text.ts";

interface LsOptions extends GlobalOptions {
  readonly limit: number;
  readonly json?: true;
}

const DEFAULT_LIMIT = 200;

/** Defines the command and its sub-commands. */
export function defineFlow(command: Command, terminal: Terminal): void {
  command
    .description("A flow is known to the history from its first run on.")
    .addHelpText("after", "\nExamples:\n  sluice flow ls");
  command
    .command("ls")
    .description("Lists the flows that have runs, by name.")
    .option("--limit <count>", "at most this many", parseCount, DEFAULT_LIMIT)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice flow ls --json | jq -r '.[].name'")
    .action(async (_options, ls: Command) => {
      const options: LsOptions = ls.optsWithGlobals();
      await withHistory(options, terminal, (context) => listFlows(options, context));
    });
}

async function listFlows(
  { limit, json }: LsOptions,
  { api, printer, terminal }: HistoryContext,
): Promise<void> {
  const flows = await listUpTo(limit, (range) => api.flows.filter({ sort: "NAME_ASC", ...range }));
  if (json) {
    printer.json(flows);
    return;
  }
  const format = { now: new Date(), isTerminal: terminal.stdout.isTTY === true };
  printer.table({
    columns: ["NAME", "FIRST RUN", "ID"],
    rows: flows.map((flow) => [flow.name, timeText(flow.created, format), flow.id]),
  });
  if (flows.length === 0) printer.hint(`There are no flows in ${api.location} yet.`);
}
