/** `sluice work-pool …`: where runs of deployments wait for workers. */
import type { WorkPoolCreate, WorkPoolUpdate } from "@sluice/protocol";
import type { Command } from "commander";
import type { JsonOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { listUpTo } from "../history/pages.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import { parseDuration } from "../options/duration-option.ts";
import type { Terminal } from "../output/terminal.ts";
import { parseObject } from "../running/parameter-options.ts";
import { findPool } from "../work-pools/find-pool.ts";
import { inspectPool, writePool } from "../work-pools/inspect-pool.ts";
import { type LimitOption, limitOf, limitText, parseLimit } from "../work-pools/limit-option.ts";
import { poolStatusColor, statusText } from "../work-pools/pool-status.ts";
import { previewRuns, type UpcomingOptions } from "../work-pools/upcoming-runs.ts";

const DEFAULT_LIMIT = 200;
const HOUR_SECONDS = 3600;
const POOL = ["<name>", "name of the work pool"] as const;

interface PoolOptions extends JsonOptions {
  readonly description?: string;
  readonly concurrencyLimit?: LimitOption;
  readonly baseJobTemplate?: Readonly<Record<string, unknown>>;
}

interface CreateOptions extends PoolOptions {
  readonly type: string;
  readonly paused?: true;
}

/** Defines the command and its sub-commands. */
export function defineWorkPool(command: Command, terminal: Terminal): void {
  command
    .description(
      "A work pool is where runs of deployments wait. Workers of its type take them and start what runs them.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice work-pool create machines --type process\n  sluice work-pool update machines --concurrency-limit 5\n" +
        "  sluice work-pool preview machines --within 1d",
    );
  defineCreate(command, terminal);
  defineLs(command, terminal);
  defineInspect(command, terminal);
  defineUpdate(command, terminal);
  defineChange(command, terminal, { name: "pause", changes: { is_paused: true }, done: "Paused" });
  defineChange(command, terminal, { name: "resume", changes: { is_paused: false }, done: "Resumed" });
  definePreview(command, terminal);
  defineDelete(command, terminal);
}

function defineCreate(command: Command, terminal: Terminal): void {
  addPoolOptions(command.command("create").argument(...POOL))
    .description("Makes a work pool with the queue default.")
    .option("--type <type>", "the kind of worker that serves it", "process")
    .option("--paused", "give out no runs until it is resumed")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice work-pool create machines\n  sluice work-pool create boxes --type docker --concurrency-limit 10\n" +
        "  sluice work-pool create machines --base-job-template @template.json",
    )
    .action(async (name: string, _options, create: Command) => {
      const options: CreateOptions = create.optsWithGlobals();
      await withHistory(options, terminal, (context) => createPool(name, options, context));
    });
}

async function createPool(
  name: string,
  options: CreateOptions,
  { api, printer }: HistoryContext,
): Promise<void> {
  const { type, paused = false, baseJobTemplate, json } = options;
  const template = baseJobTemplate ?? (await import("../work-pools/pool-template.ts")).defaultTemplate(type);
  const pool = await api.workPools.create({
    name,
    type,
    is_paused: paused,
    base_job_template: { ...template },
    ...changesOf(options),
  });
  if (json) printer.json(pool);
  else printer.line(`Made work pool ${name} (${pool.id}) for workers of the type ${type}.`);
  printer.hint(`Serve it: sluice worker start --pool ${name}`);
}

function defineLs(command: Command, terminal: Terminal): void {
  command
    .command("ls")
    .description("Lists work pools by name.")
    .option("--limit <count>", "at most this many", parseCount, DEFAULT_LIMIT)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice work-pool ls")
    .action(async (_options, ls: Command) => {
      const options: JsonOptions & { readonly limit: number } = ls.optsWithGlobals();
      await withHistory(options, terminal, (context) => listPools(options, context));
    });
}

async function listPools(
  { limit, json }: JsonOptions & { readonly limit: number },
  { api, printer }: HistoryContext,
): Promise<void> {
  const pools = await listUpTo(limit, (range) => api.workPools.filter(range));
  if (json) {
    printer.json(pools);
    return;
  }
  printer.table({
    columns: ["NAME", "TYPE", "STATUS", "SLOTS", "ID"],
    rows: pools.map((pool) => [
      pool.name,
      pool.type,
      statusText(pool.status),
      limitText(pool.active_slots, pool.concurrency_limit),
      pool.id,
    ]),
    colorOf: (row, column) => (column === 2 ? poolStatusColor(pools[row]?.status ?? null) : undefined),
  });
  if (pools.length === 0) {
    printer.hint(`There are no work pools in ${api.location}. sluice work-pool create makes one.`);
  }
}

function defineInspect(command: Command, terminal: Terminal): void {
  command
    .command("inspect")
    .description("Shows a work pool: its queues, its workers, and the runs that hold its slots.")
    .argument(...POOL)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice work-pool inspect machines --json | jq .base_job_template")
    .action(async (name: string, _options, inspect: Command) => {
      const options: JsonOptions = inspect.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const pool = await inspectPool(await findPool(context.api, name), context);
        if (options.json) context.printer.json(pool);
        else writePool(pool, context);
      });
    });
}

function defineUpdate(command: Command, terminal: Terminal): void {
  addPoolOptions(command.command("update").argument(...POOL))
    .description("Changes what is given of a work pool.")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice work-pool update machines --concurrency-limit 5\n  sluice work-pool update machines --concurrency-limit none",
    )
    .action(async (name: string, _options, update: Command) => {
      const options: PoolOptions = update.optsWithGlobals();
      const changes = changesOf(options);
      if (Object.keys(changes).length === 0)
        update.error("error: nothing to change. Give one of the options.");
      await withHistory(options, terminal, (context) =>
        changePool({ name, changes, done: "Changed" }, options, context),
      );
    });
}

interface Change {
  readonly name: string;
  readonly changes: WorkPoolUpdate;
  readonly done: string;
}

function defineChange(command: Command, terminal: Terminal, change: Change): void {
  command
    .command(change.name)
    .description(
      change.name === "pause"
        ? "Lets a work pool give out no runs; those that run go on."
        : "Lets a work pool give out runs again.",
    )
    .argument(...POOL)
    .option("--json", "print JSON")
    .action(async (name: string, _options, changed: Command) => {
      const options: JsonOptions = changed.optsWithGlobals();
      await withHistory(options, terminal, (context) => changePool({ ...change, name }, options, context));
    });
}

async function changePool(
  { name, changes, done }: Change,
  { json }: JsonOptions,
  { api, printer }: HistoryContext,
): Promise<void> {
  await findPool(api, name);
  await api.workPools.update(name, changes);
  if (json) printer.json(await api.workPools.get(name));
  else printer.line(`${done} work pool ${name}.`);
}

function definePreview(command: Command, terminal: Terminal): void {
  command
    .command("preview")
    .description("Lists the scheduled runs that workers of the pool get, earliest first.")
    .argument(...POOL)
    .option("--within <time>", "due within so long", parseDuration, HOUR_SECONDS)
    .option("--limit <count>", "at most this many", parseCount, DEFAULT_LIMIT)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice work-pool preview machines --within 1d")
    .action(async (name: string, _options, preview: Command) => {
      const options: UpcomingOptions = preview.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        await findPool(context.api, name);
        await previewRuns({ work_pools: { name: { any_: [name] } } }, options, context);
      });
    });
}

function defineDelete(command: Command, terminal: Terminal): void {
  command
    .command("delete")
    .description(
      "Deletes a work pool with its queues; deployments and runs that were in it are in no pool then.",
    )
    .argument(...POOL)
    .option("--json", "print JSON")
    .action(async (name: string, _options, remove: Command) => {
      const options: JsonOptions = remove.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const pool = await findPool(api, name);
        await api.workPools.delete(name);
        if (options.json) printer.json(pool);
        else printer.line(`Deleted work pool ${name} (${pool.id}).`);
      });
    });
}

function addPoolOptions(command: Command): Command {
  return command
    .option("--description <text>", "what it is for")
    .option("--concurrency-limit <count>", "runs at once, or none", parseLimit)
    .option("--base-job-template <json>", "the template of its jobs as JSON, or @file.json", parseObject);
}

function changesOf({
  description,
  concurrencyLimit,
  baseJobTemplate,
}: PoolOptions): Pick<WorkPoolCreate, "description" | "concurrency_limit" | "base_job_template"> {
  return {
    ...(description !== undefined && { description }),
    ...(concurrencyLimit !== undefined && { concurrency_limit: limitOf(concurrencyLimit) }),
    ...(baseJobTemplate !== undefined && { base_job_template: { ...baseJobTemplate } }),
  };
}
