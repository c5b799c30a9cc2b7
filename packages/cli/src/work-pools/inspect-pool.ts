/** What is known of one work pool. */
import type { Worker, WorkPool, WorkPoolConcurrency, WorkQueue } from "@sluice/protocol";
import type { HistoryContext } from "../history/with-history.ts";
import { factIf, factOfLines, writeFacts } from "../output/facts.ts";
import { jsonText } from "../output/json-text.ts";
import { type TimeFormat, timeText } from "../output/time-text.ts";
import { limitText } from "./limit-option.ts";
import { poolStatusColor, statusText } from "./pool-status.ts";
import { queueTable } from "./queue-table.ts";

const MAX_RUNS = 20;

/** A pool with what belongs to it: the document that `--json` prints. */
export interface InspectedPool extends WorkPool {
  readonly queues: readonly WorkQueue[];
  readonly workers: readonly Worker[];
  readonly concurrency: WorkPoolConcurrency;
}

/** Reads everything about the pool. */
export async function inspectPool(pool: WorkPool, { api }: HistoryContext): Promise<InspectedPool> {
  const [queues, workers, concurrency] = await Promise.all([
    api.poolQueues.filter(pool.name, {}),
    api.workers.filter(pool.name, {}),
    api.workPools.concurrencyStatus(pool.name, { flow_run_limit: MAX_RUNS }),
  ]);
  return { ...pool, queues, workers, concurrency };
}

/** Writes it for people: facts, variables of its jobs, queues, workers, runs that hold slots. */
export function writePool(pool: InspectedPool, { printer, terminal }: HistoryContext): void {
  const { stdout } = terminal;
  const format: TimeFormat = { now: new Date(), isTerminal: stdout.isTTY === true };
  const status = statusText(pool.status);
  writeFacts(
    {
      state: status,
      color: poolStatusColor(pool.status),
      name: pool.name,
      facts: [
        ["id", pool.id],
        ["type", pool.type],
        ...factIf("description", pool.description),
        ["slots", limitText(pool.concurrency.active_slots, pool.concurrency_limit)],
        ...factOfLines("variables", variableLines(pool)),
      ],
    },
    stdout,
    terminal,
  );
  stdout.write("\n");
  printer.table(queueTable(pool.queues, format));
  writeWorkers(pool.workers, format, { printer, terminal });
  const holders = pool.concurrency.queues.flatMap((queue) =>
    queue.flow_runs.map((run) => [
      run.name,
      queue.queue_name,
      run.state_name ?? "",
      timeText(run.state_timestamp, format),
    ]),
  );
  if (holders.length > 0) {
    stdout.write("\n");
    printer.table({ columns: ["RUN WITH A SLOT", "QUEUE", "STATE", "SINCE"], rows: holders });
  }
}

function writeWorkers(
  workers: readonly Worker[],
  format: TimeFormat,
  { printer, terminal }: Pick<HistoryContext, "printer" | "terminal">,
): void {
  if (workers.length === 0) {
    printer.hint("\nNo worker has served it yet: sluice worker start --pool …");
    return;
  }
  terminal.stdout.write("\n");
  printer.table({
    columns: ["WORKER", "STATUS", "LAST HEARD OF"],
    rows: workers.map((worker) => [
      worker.name,
      worker.status.toLowerCase(),
      timeText(worker.last_heartbeat_time, format),
    ]),
    colorOf: (row, column) =>
      column === 1 ? (workers[row]?.status === "ONLINE" ? "green" : "red") : undefined,
  });
}

/** `cpu = 1`, and those without a default by their name alone. */
function variableLines({ base_job_template: template }: WorkPool): readonly string[] {
  const properties = members(members(template["variables"])["properties"]);
  return Object.entries(properties).map(([name, property]) => {
    const { default: value } = members(property);
    return value === undefined || value === null ? name : `${name} = ${jsonText(value)}`;
  });
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
