/** `sluice work-queue …`: the queues of work pools. */
import type { WorkQueueUpdate } from "@sluice/protocol";
import type { Command } from "commander";
import type { JsonOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import { parseDuration } from "../options/duration-option.ts";
import { factIf, writeFacts } from "../output/facts.ts";
import type { Terminal } from "../output/terminal.ts";
import { type TimeFormat, timeText } from "../output/time-text.ts";
import { findPool, findQueue } from "../work-pools/find-pool.ts";
import { type LimitOption, limitOf, limitText, parseLimit } from "../work-pools/limit-option.ts";
import { poolStatusColor, statusText } from "../work-pools/pool-status.ts";
import { queueTable } from "../work-pools/queue-table.ts";
import { previewRuns, type UpcomingOptions } from "../work-pools/upcoming-runs.ts";

const DEFAULT_LIMIT = 200;
const HOUR_SECONDS = 3600;
const QUEUE = ["<name>", "name of the queue"] as const;

interface PoolOption extends JsonOptions {
  readonly pool: string;
}

interface QueueOptions extends PoolOption {
  readonly description?: string;
  readonly concurrencyLimit?: LimitOption;
  readonly priority?: number;
}

/** Defines the command and its sub-commands. */
export function defineWorkQueue(command: Command, terminal: Terminal): void {
  command
    .description("The queues of a work pool order its runs: the queue of priority 1 is served first.")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice work-queue create urgent --pool machines --priority 1\n" +
        "  sluice work-queue update default --pool machines --concurrency-limit 2\n  sluice work-queue ls --pool machines",
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
  addQueueOptions(ofPool(command.command("create")).argument(...QUEUE))
    .description("Makes a queue.")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice work-queue create urgent --pool machines --priority 1")
    .action(async (name: string, _options, create: Command) => {
      const options: QueueOptions = create.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        await findPool(api, options.pool);
        const queue = await api.poolQueues.create(options.pool, { name, ...changesOf(options) });
        if (options.json) printer.json(queue);
        else printer.line(`Made work queue ${options.pool}/${name} with priority ${queue.priority}.`);
      });
    });
}

function defineLs(command: Command, terminal: Terminal): void {
  ofPool(command.command("ls"))
    .description("Lists the queues of a work pool, first served first.")
    .option("--json", "print JSON")
    .action(async (_options, ls: Command) => {
      const options: PoolOption = ls.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        await findPool(api, options.pool);
        const queues = await api.poolQueues.filter(options.pool, {});
        if (options.json) printer.json(queues);
        else printer.table(queueTable(queues, formatOf(terminal)));
      });
    });
}

function defineInspect(command: Command, terminal: Terminal): void {
  ofPool(command.command("inspect").argument(...QUEUE))
    .description("Shows a queue, and the runs that hold its slots.")
    .option("--json", "print JSON")
    .action(async (name: string, _options, inspect: Command) => {
      const options: PoolOption = inspect.optsWithGlobals();
      await withHistory(options, terminal, (context) => inspectQueue(name, options, context));
    });
}

async function inspectQueue(
  name: string,
  { pool, json }: PoolOption,
  { api, printer, terminal }: HistoryContext,
): Promise<void> {
  const queue = await findQueue(api, pool, name);
  const concurrency = await api.workQueues.concurrencyStatus(queue.id, {});
  if (json) {
    printer.json({ ...queue, concurrency });
    return;
  }
  const format = formatOf(terminal);
  writeFacts(
    {
      state: statusText(queue.status),
      color: poolStatusColor(queue.status),
      name: `${pool}/${name}`,
      facts: [
        ["id", queue.id],
        ...factIf("description", queue.description),
        ["priority", String(queue.priority)],
        ["slots", limitText(concurrency.active_slots, queue.concurrency_limit)],
        ...factIf("last asked", timeText(queue.last_polled, format)),
      ],
    },
    terminal.stdout,
    terminal,
  );
  if (concurrency.flow_runs.length === 0) return;
  terminal.stdout.write("\n");
  printer.table({
    columns: ["RUN WITH A SLOT", "STATE", "SINCE"],
    rows: concurrency.flow_runs.map((run) => [
      run.name,
      run.state_name ?? "",
      timeText(run.state_timestamp, format),
    ]),
  });
}

function defineUpdate(command: Command, terminal: Terminal): void {
  addQueueOptions(ofPool(command.command("update").argument(...QUEUE)))
    .description("Changes what is given of a queue.")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice work-queue update default --pool machines --concurrency-limit none",
    )
    .action(async (name: string, _options, update: Command) => {
      const options: QueueOptions = update.optsWithGlobals();
      const changes = changesOf(options);
      if (Object.keys(changes).length === 0)
        update.error("error: nothing to change. Give one of the options.");
      await withHistory(options, terminal, (context) =>
        changeQueue({ name, changes, done: "Changed" }, options, context),
      );
    });
}

interface Change {
  readonly name: string;
  readonly changes: WorkQueueUpdate;
  readonly done: string;
}

function defineChange(command: Command, terminal: Terminal, change: Change): void {
  ofPool(command.command(change.name).argument(...QUEUE))
    .description(
      change.name === "pause"
        ? "Lets a queue give out no runs; those that run go on."
        : "Lets a queue give out runs again.",
    )
    .option("--json", "print JSON")
    .action(async (name: string, _options, changed: Command) => {
      const options: PoolOption = changed.optsWithGlobals();
      await withHistory(options, terminal, (context) => changeQueue({ ...change, name }, options, context));
    });
}

async function changeQueue(
  { name, changes, done }: Change,
  { pool, json }: PoolOption,
  { api, printer }: HistoryContext,
): Promise<void> {
  await findQueue(api, pool, name);
  await api.poolQueues.update(pool, name, changes);
  if (json) printer.json(await api.poolQueues.get(pool, name));
  else printer.line(`${done} work queue ${pool}/${name}.`);
}

function definePreview(command: Command, terminal: Terminal): void {
  ofPool(command.command("preview").argument(...QUEUE))
    .description("Lists the scheduled runs that workers get from the queue, earliest first.")
    .option("--within <time>", "due within so long", parseDuration, HOUR_SECONDS)
    .option("--limit <count>", "at most this many", parseCount, DEFAULT_LIMIT)
    .option("--json", "print JSON")
    .action(async (name: string, _options, preview: Command) => {
      const options: UpcomingOptions & PoolOption = preview.optsWithGlobals();
      await withHistory(options, terminal, async (context) => {
        const { id } = await findQueue(context.api, options.pool, name);
        await previewRuns({ work_pool_queues: { id: { any_: [id] } } }, options, context);
      });
    });
}

function defineDelete(command: Command, terminal: Terminal): void {
  ofPool(command.command("delete").argument(...QUEUE))
    .description("Deletes a queue; deployments and runs that were in it are in no queue then.")
    .option("--json", "print JSON")
    .action(async (name: string, _options, remove: Command) => {
      const options: PoolOption = remove.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const queue = await findQueue(api, options.pool, name);
        await api.poolQueues.delete(options.pool, name);
        if (options.json) printer.json(queue);
        else printer.line(`Deleted work queue ${options.pool}/${name} (${queue.id}).`);
      });
    });
}

function ofPool(command: Command): Command {
  return command.requiredOption("--pool <name>", "the work pool of the queue");
}

function addQueueOptions(command: Command): Command {
  return command
    .option("--description <text>", "what it is for")
    .option("--concurrency-limit <count>", "runs at once, or none", parseLimit)
    .option("--priority <number>", "1 is served first; those from there on move back", parseCount);
}

function changesOf({
  description,
  concurrencyLimit,
  priority,
}: QueueOptions): Pick<WorkQueueUpdate, "description" | "concurrency_limit" | "priority"> {
  return {
    ...(description !== undefined && { description }),
    ...(concurrencyLimit !== undefined && { concurrency_limit: limitOf(concurrencyLimit) }),
    ...(priority !== undefined && { priority }),
  };
}

function formatOf({ stdout }: Terminal): TimeFormat {
  return { now: new Date(), isTerminal: stdout.isTTY === true };
}
