/** `sluice global-concurrency-limit …`: how many may do a named thing at once, or how often. */
import type { ConcurrencyLimitUpdate, GlobalConcurrencyLimit, OrchestrationApi } from "@sluice/protocol";
import { type Command, InvalidArgumentError } from "commander";
import type { JsonOptions } from "../global-options.ts";
import { getNamed } from "../history/only-one.ts";
import { listUpTo } from "../history/pages.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import type { Terminal } from "../output/terminal.ts";

const NAME = ["<name>", "name of the limit"] as const;

interface LimitOptions extends JsonOptions {
  readonly limit?: number;
  readonly slotDecayPerSecond?: number;
}

interface Change {
  readonly changes: ConcurrencyLimitUpdate;
  readonly done: string;
}

/** Defines the command and its sub-commands. */
export function defineGlobalConcurrencyLimit(command: Command, terminal: Terminal): void {
  command
    .description(
      "A concurrency limit has slots, which tasks and flows take while they do what it is named after. With a decay it is a rate limit.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice global-concurrency-limit create database --limit 5\n" +
        "  sluice gcl create api-calls --limit 100 --slot-decay-per-second 10\n  sluice gcl disable database",
    );
  defineCreate(command, terminal);
  defineReading(command, terminal);
  defineUpdate(command, terminal);
  defineChange(command.command("enable").description("Lets a limit be enforced again."), terminal, {
    changes: { active: true },
    done: "Enabled",
  });
  defineChange(command.command("disable").description("Lets a limit not be enforced."), terminal, {
    changes: { active: false },
    done: "Disabled",
  });
  defineDelete(command, terminal);
}

function defineCreate(command: Command, terminal: Terminal): void {
  command
    .command("create")
    .description("Makes a limit.")
    .argument(...NAME)
    .requiredOption("--limit <count>", "its slots", parseSlots)
    .option(
      "--slot-decay-per-second <count>",
      "taken slots that come free by themselves each second",
      parseRate,
    )
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice gcl create database --limit 5")
    .action(async (name: string, _options, create: Command) => {
      const options: LimitOptions & { readonly limit: number } = create.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const { limit, slotDecayPerSecond = 0, json } = options;
        const made = await api.concurrencyLimits.create({
          name,
          limit,
          slot_decay_per_second: slotDecayPerSecond,
        });
        if (json) printer.json(made);
        else printer.line(`Made the limit ${name} of ${limit} slots (${made.id}).`);
      });
    });
}

function defineReading(command: Command, terminal: Terminal): void {
  command
    .command("ls")
    .description("Lists limits by name.")
    .option("--json", "print JSON")
    .action(async (_options, ls: Command) => {
      const options: JsonOptions = ls.optsWithGlobals();
      await withHistory(options, terminal, (context) => listLimits(options, context));
    });

  command
    .command("inspect")
    .description("Shows a limit as JSON.")
    .argument(...NAME)
    .option("--json", "print JSON, as it does anyhow")
    .action(async (name: string, _options, inspect: Command) => {
      await withHistory(inspect.optsWithGlobals(), terminal, async ({ api, printer }) =>
        printer.json(await getLimit(api, name)),
      );
    });
}

async function listLimits({ json }: JsonOptions, { api, printer }: HistoryContext): Promise<void> {
  const limits = await listUpTo(Number.POSITIVE_INFINITY, (range) => api.concurrencyLimits.filter(range));
  if (json) {
    printer.json(limits);
    return;
  }
  printer.table({
    columns: ["NAME", "SLOTS TAKEN", "DECAY PER SECOND", "STATUS", "ID"],
    rows: limits.map((limit) => [
      limit.name,
      `${limit.active_slots} of ${limit.limit}`,
      limit.slot_decay_per_second === 0 ? "" : String(limit.slot_decay_per_second),
      limit.active ? "enforced" : "disabled",
      limit.id,
    ]),
    colorOf: (row, column) => (column === 3 && limits[row]?.active === false ? "yellow" : undefined),
  });
  if (limits.length === 0) printer.hint(`There are no concurrency limits in ${api.location}.`);
}

function defineUpdate(command: Command, terminal: Terminal): void {
  command
    .command("update")
    .description("Changes a limit.")
    .argument(...NAME)
    .option("--limit <count>", "its slots", parseSlots)
    .option(
      "--slot-decay-per-second <count>",
      "taken slots that come free by themselves each second",
      parseRate,
    )
    .option("--json", "print JSON")
    .action(async (name: string, _options, update: Command) => {
      const options: LimitOptions = update.optsWithGlobals();
      const { limit, slotDecayPerSecond } = options;
      if (limit === undefined && slotDecayPerSecond === undefined) {
        update.error("error: nothing to change. Give --limit or --slot-decay-per-second.");
      }
      const changes = { limit, slot_decay_per_second: slotDecayPerSecond };
      await withHistory(options, terminal, (context) =>
        changeLimit(name, { changes, done: "Changed" }, options, context),
      );
    });
}

function defineChange(command: Command, terminal: Terminal, change: Change): void {
  command
    .argument(...NAME)
    .option("--json", "print JSON")
    .action(async (name: string, _options, changed: Command) => {
      const options: JsonOptions = changed.optsWithGlobals();
      await withHistory(options, terminal, (context) => changeLimit(name, change, options, context));
    });
}

async function changeLimit(
  name: string,
  { changes, done }: Change,
  { json }: JsonOptions,
  { api, printer }: HistoryContext,
): Promise<void> {
  const { id } = await getLimit(api, name);
  await api.concurrencyLimits.update(id, changes);
  if (json) printer.json(await api.concurrencyLimits.get(id));
  else printer.line(`${done} the limit ${name}.`);
}

function defineDelete(command: Command, terminal: Terminal): void {
  command
    .command("delete")
    .description("Deletes a limit; who waits for its slots goes on.")
    .argument(...NAME)
    .option("--json", "print JSON")
    .action(async (name: string, _options, remove: Command) => {
      const options: JsonOptions = remove.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const limit = await getLimit(api, name);
        await api.concurrencyLimits.delete(limit.id);
        if (options.json) printer.json(limit);
        else printer.line(`Deleted the limit ${name}.`);
      });
    });
}

function getLimit(api: OrchestrationApi, name: string): Promise<GlobalConcurrencyLimit> {
  return getNamed(
    {
      noun: "concurrency limit",
      name,
      similar: async () => (await api.concurrencyLimits.filter({})).map((limit) => limit.name),
      list: "sluice global-concurrency-limit ls",
    },
    () => api.concurrencyLimits.get(name),
  );
}

/** A whole number from 0 on: a limit of 0 lets nobody in. */
function parseSlots(text: string): number {
  const slots = Number(text);
  if (Number.isSafeInteger(slots) && slots >= 0 && text.trim() !== "") return slots;
  throw new InvalidArgumentError("It takes a whole number from 0 on.");
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (Number.isFinite(rate) && rate >= 0 && text.trim() !== "") return rate;
  throw new InvalidArgumentError("It takes a number from 0 on.");
}
