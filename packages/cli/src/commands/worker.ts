/** `sluice worker …`: those who take the runs of work pools. */
import { loadSettings } from "@sluice/core";
import type { Worker } from "@sluice/protocol";
import { type Command, InvalidArgumentError } from "commander";
import type { GlobalOptions, JsonOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { withHistory } from "../history/with-history.ts";
import type { Table } from "../output/table.ts";
import type { Terminal } from "../output/terminal.ts";
import { timeText } from "../output/time-text.ts";
import { useProfile } from "../running/use-profile.ts";
import { startWorker, type WorkerFlags } from "../workers/start-worker.ts";

interface LsOptions extends JsonOptions {
  readonly pool: string;
}

const MAX_PORT = 65_535;
const HEALTH_PORT = 8080;
const MAX_WORKERS = 200;

/** Defines the command and its sub-commands. */
export function defineWorker(command: Command, terminal: Terminal): void {
  command
    .description("A worker takes the runs of a work pool and starts a process for each.")
    .addHelpText("after", "\nExamples:\n  sluice worker start --pool etl\n  sluice worker ls --pool etl");
  defineStart(command, terminal);
  defineLs(command, terminal);
}

function defineStart(command: Command, terminal: Terminal): void {
  command
    .command("start")
    .summary("start a worker")
    .description(
      "Starts a worker in this process; it needs a server. A pool that is not there is made, of type process. Ctrl-C and SIGTERM let the runs it has end; a second one tells them to stop.",
    )
    .requiredOption("-p, --pool <name>", "work pool to take runs from")
    .option("-n, --name <name>", "name of the worker; default: host and process id")
    .option("-l, --limit <number>", "how many runs it has at once; default: no limit", parseCount)
    .option(
      "-q, --work-queue <name>",
      "queue to take runs from; repeatable; default: all of the pool",
      addQueue,
    )
    .option("--warm <number>", "processes that are started before there are runs for them", toNumber, 1)
    .option("--run-once", "take what is due now, wait for its end, and stop")
    .option("--with-healthcheck [port]", `answer GET /health; default port ${HEALTH_PORT}`, toPort)
    .addHelpText(
      "after",
      "\nExamples:\n  sluice worker start --pool etl --limit 4\n" +
        "  sluice worker start --pool etl --work-queue urgent --with-healthcheck 8081\n" +
        "  sluice worker start --pool etl --run-once",
    )
    .action(async (_options, start: Command) => {
      const given: GlobalOptions &
        Omit<WorkerFlags, "withHealthcheck"> & { withHealthcheck?: number | true } = start.optsWithGlobals();
      useProfile(given.profile);
      const settings = loadSettings({ env: terminal.env, overrides: { profile: given.profile } });
      const { withHealthcheck: health, ...flags } = given;
      const port = health === true ? HEALTH_PORT : health;
      const ports = port === undefined ? {} : { withHealthcheck: port };
      terminal.exitCode = await startWorker({ ...flags, ...ports }, settings, terminal);
    });
}

function defineLs(command: Command, terminal: Terminal): void {
  command
    .command("ls")
    .description("Lists the workers of a work pool, last heard of first.")
    .requiredOption("-p, --pool <name>", "work pool")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice worker ls --pool etl --json | jq '.[].status'")
    .action(async (_options, ls: Command) => {
      const options: LsOptions = ls.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const workers = await api.workers.filter(options.pool, { limit: MAX_WORKERS });
        if (options.json) {
          printer.json(workers);
          return;
        }
        printer.table(workerTable(workers, terminal));
        if (workers.length === 0) {
          printer.hint(`No worker was heard of. Start one with: sluice worker start --pool ${options.pool}`);
        }
      });
    });
}

function workerTable(workers: readonly Worker[], { stdout }: Terminal): Table {
  const now = new Date();
  return {
    columns: ["NAME", "STATUS", "LAST HEARTBEAT"],
    rows: workers.map(({ name, status, last_heartbeat_time: time }) => [
      name,
      status.toLowerCase(),
      timeText(time, { now, isTerminal: stdout.isTTY === true }),
    ]),
    colorOf: (row, column) =>
      column !== 1 ? undefined : workers[row]?.status === "ONLINE" ? "green" : "dim",
  };
}

function addQueue(name: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), name];
}

function toNumber(text: string): number {
  if (/^\d{1,3}$/u.test(text)) return Number(text);
  throw new InvalidArgumentError("Use a whole number, 0 or more.");
}

function toPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/u.test(text) && port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`Use a whole number from 0 to ${MAX_PORT}.`);
}
