/** `sluice concurrency-limit …`: how many task runs with a tag run at once. */
import type { OrchestrationApi, TagLimit } from "@sluice/protocol";
import type { Command } from "commander";
import type { JsonOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { flowRunNames } from "../history/names.ts";
import { getNamed } from "../history/only-one.ts";
import { inParts, listUpTo } from "../history/pages.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import type { Terminal } from "../output/terminal.ts";

const TAG = ["<tag>", "tag of task runs"] as const;

/** Defines the command and its sub-commands. */
export function defineConcurrencyLimit(command: Command, terminal: Terminal): void {
  command
    .description("Limits how many task runs that have a tag run at once.")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice concurrency-limit create database 5\n  sluice concurrency-limit inspect database",
    );
  defineCreate(command, terminal);
  defineReading(command, terminal);
  defineEnding(command, terminal);
}

function defineCreate(command: Command, terminal: Terminal): void {
  command
    .command("create")
    .description("Sets the limit of a tag.")
    .argument(...TAG)
    .argument("<count>", "task runs at once", parseCount)
    .option("--json", "print JSON")
    .action(async (tag: string, count: number, _options, create: Command) => {
      const options: JsonOptions = create.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const limit = await api.tagLimits.create({ tag, concurrency_limit: count });
        if (options.json) printer.json(limit);
        else printer.line(`${count} task runs with the tag ${tag} run at once.`);
      });
    });
}

function defineReading(command: Command, terminal: Terminal): void {
  command
    .command("ls")
    .description("Lists the limits of tags.")
    .option("--json", "print JSON")
    .action(async (_options, ls: Command) => {
      const options: JsonOptions = ls.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const limits = await listUpTo(Number.POSITIVE_INFINITY, (range) => api.tagLimits.filter(range));
        if (options.json) printer.json(limits);
        else {
          printer.table({
            columns: ["TAG", "SLOTS TAKEN", "ID"],
            rows: limits.map(({ tag, active_slots: taken, concurrency_limit: limit, id }) => [
              tag,
              `${taken.length} of ${limit}`,
              id,
            ]),
          });
        }
      });
    });

  command
    .command("inspect")
    .description("Shows the limit of a tag and the task runs that hold its slots.")
    .argument(...TAG)
    .option("--json", "print JSON")
    .action(async (tag: string, _options, inspect: Command) => {
      const options: JsonOptions = inspect.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const limit = await getLimit(context.api, tag);
        if (options.json) context.printer.json(limit);
        else await writeLimit(limit, context);
      });
    });
}

async function writeLimit(limit: TagLimit, { api, printer }: HistoryContext): Promise<void> {
  printer.line(`${limit.tag}: ${limit.active_slots.length} of ${limit.concurrency_limit} slots are taken.`);
  const parts = inParts(limit.active_slots);
  const runs = (
    await Promise.all(parts.map((part) => api.taskRuns.filter({ task_runs: { id: { any_: [...part] } } })))
  ).flat();
  const flowRuns = await flowRunNames(
    api,
    runs.map((run) => run.flow_run_id),
  );
  printer.table({
    columns: ["TASK RUN", "FLOW RUN", "STATE", "ID"],
    rows: runs.map((run) => [
      run.name,
      flowRuns.get(run.flow_run_id ?? "") ?? "",
      run.state_name ?? "",
      run.id,
    ]),
  });
}

function defineEnding(command: Command, terminal: Terminal): void {
  command
    .command("reset")
    .description("Frees all slots of a tag, whoever holds them.")
    .argument(...TAG)
    .action(async (tag: string, _options, reset: Command) => {
      await withHistory(reset.optsWithGlobals(), terminal, async ({ api, printer }) => {
        await getLimit(api, tag);
        await api.tagLimits.reset(tag, {});
        printer.line(`Freed the slots of ${tag}.`);
      });
    });

  command
    .command("delete")
    .description("Takes the limit of a tag away.")
    .argument(...TAG)
    .option("--json", "print JSON")
    .action(async (tag: string, _options, remove: Command) => {
      const options: JsonOptions = remove.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const limit = await getLimit(api, tag);
        await api.tagLimits.deleteByTag(tag);
        if (options.json) printer.json(limit);
        else printer.line(`Deleted the limit of ${tag}.`);
      });
    });
}

function getLimit(api: OrchestrationApi, tag: string): Promise<TagLimit> {
  return getNamed(
    {
      noun: "limit of a tag",
      name: tag,
      similar: async () => (await api.tagLimits.filter({})).map((limit) => limit.tag),
      list: "sluice concurrency-limit ls",
    },
    () => api.tagLimits.getByTag(tag),
  );
}
