/** `sluice event …`: what happens, as servers tell it. */
import { setTimeout as sleep } from "node:timers/promises";
import { loadSettings } from "@sluice/core";
import {
  type Event,
  type EventFilter,
  InvalidRequestError,
  newId,
  type OrchestrationApi,
} from "@sluice/protocol";
import type { Command } from "commander";
import type { JsonOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import { addAssignment, collect } from "../options/collect-option.ts";
import { parseDuration } from "../options/duration-option.ts";
import { jsonText } from "../output/json-text.ts";
import type { Terminal } from "../output/terminal.ts";
import { clockText } from "../output/time-text.ts";
import { parseObject } from "../running/parameter-options.ts";

const INTERVAL_MS = 1000;
/** Events are told in batches, so that one may come after another that is younger. */
const LATENESS_MS = 10_000;

interface StreamOptions extends JsonOptions {
  readonly event?: readonly string[];
  readonly resource?: readonly string[];
  /** Seconds. */
  readonly since?: number;
  readonly count?: number;
}

interface EmitOptions extends JsonOptions {
  readonly resource: string;
  readonly label?: ReadonlyMap<string, string>;
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** Defines the command and its sub-commands. */
export function defineEvent(command: Command, terminal: Terminal): void {
  command
    .description(
      "An event tells that something happened to a resource. Servers keep events; a history without one does not.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice event stream --event prefect.flow-run.\n" +
        "  sluice event emit shop.order.paid --resource shop.order.4711 --payload '{\"amount\": 12}'",
    );
  defineStream(command, terminal);
  defineEmit(command, terminal);
}

function defineStream(command: Command, terminal: Terminal): void {
  command
    .command("stream")
    .description("Shows events as they come, looked for once a second, until Ctrl-C.")
    .option("--event <prefix>", "only events whose name begins so; repeatable", collect)
    .option("--resource <id>", "only events of this resource or related to it; repeatable", collect)
    .option("--since <time>", "begin with those of so long ago, such as 15m", parseDuration)
    .option("--count <count>", "end after so many", parseCount)
    .option("--json", "print a JSON object on each line")
    .action(async (_options, stream: Command) => {
      const options: StreamOptions = stream.optsWithGlobals();
      requireServer(options, terminal);
      await withHistory(options, terminal, (context) => streamEvents(options, context));
    });
}

function defineEmit(command: Command, terminal: Terminal): void {
  command
    .command("emit")
    .description("Tells the server that something happened.")
    .argument("<event>", "name of the event, such as shop.order.paid")
    .requiredOption("--resource <id>", "what it happened to, such as shop.order.4711")
    .option("--label <key=value>", "a label of the resource; repeatable", addAssignment)
    .option("--payload <json>", "what else is to be known as a JSON object, or @file.json", parseObject)
    .option("--json", "print JSON")
    .action(async (name: string, _options, emit: Command) => {
      const options: EmitOptions = emit.optsWithGlobals();
      requireServer(options, terminal);
      await withHistory(options, terminal, async ({ api, printer }) => {
        const event = newEvent(name, options);
        await api.events.create([event]);
        if (options.json) printer.json(event);
        else printer.line(`Told ${name} of ${options.resource} (${event.id}).`);
      });
    });
}

/** @throws {InvalidRequestError} when there is no server, since nothing would be told or kept. */
function requireServer({ profile }: JsonOptions, { env }: Terminal): void {
  if (loadSettings({ env, overrides: { profile } }).api.url !== undefined) return;
  throw new InvalidRequestError(
    "Events are kept by servers, and none is set. Set one: sluice config set api.url=http://127.0.0.1:4200/api",
  );
}

function newEvent(event: string, { resource, label, payload }: EmitOptions) {
  return {
    id: newId(),
    occurred: new Date().toISOString(),
    event,
    resource: { "prefect.resource.id": resource, ...Object.fromEntries(label ?? []) },
    payload: { ...payload },
  };
}

async function streamEvents(
  { event, resource, since = 0, count = Number.POSITIVE_INFINITY, json }: StreamOptions,
  { api, printer }: HistoryContext,
): Promise<void> {
  let from = Date.now() - since * 1000;
  let known: ReadonlySet<string> = new Set();
  let left = count;
  for (;;) {
    const filter: EventFilter = {
      occurred: { since: new Date(from).toISOString() },
      order: "ASC",
      ...(event && { event: { prefix: [...event] } }),
      ...(resource && { any_resource: { id: [...resource] } }),
    };
    const events = await allEvents(filter, api);
    for (const each of events.filter(({ id }) => !known.has(id))) {
      printer.line(json ? jsonText(each) : eventLine(each));
      left -= 1;
      if (left === 0) return;
    }
    known = new Set(events.map(({ id }) => id));
    const last = events.at(-1);
    if (last !== undefined) from = Math.max(from, Date.parse(last.occurred) - LATENESS_MS);
    await sleep(INTERVAL_MS);
  }
}

async function allEvents(filter: EventFilter, api: OrchestrationApi): Promise<readonly Event[]> {
  let page = await api.events.filter({ filter });
  const events = [...page.events];
  while (page.next_page !== null) {
    page = await api.events.next(page.next_page);
    events.push(...page.events);
  }
  return events;
}

function eventLine({ occurred, event, resource }: Event): string {
  const clock = clockText(occurred, { now: new Date(), isTerminal: true });
  const name = resource["prefect.resource.name"];
  return [clock, event, resource["prefect.resource.id"] ?? "", name ?? ""].join("  ").trimEnd();
}
