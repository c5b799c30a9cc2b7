/** What the server costs, against Prefect's on the same PostgreSQL server, doing the same work in the same run. */
import { setTimeout as delay } from "node:timers/promises";
import { startPostgres } from "@sluice/store/testing";
import { amount } from "../amount.ts";
import { type Benchmark, type Measurement, measurement, type RatioTarget } from "../measurement.ts";
import { flowRunLifeCycles } from "./flow-run-life-cycles.ts";
import { flowRunLists } from "./flow-run-lists.ts";
import { type MeasuredServer, startPrefect, startSluice } from "./measured-server.ts";
import { taskRunEvents } from "./task-run-events.ts";

/** So long after its work a server has collected what is left of it. */
const REST_MS = amount(20_000);
/** As a database has to be that must not lose what it was told. */
const DURABLE = ["fsync=on", "synchronous_commit=on", "full_page_writes=on", "autovacuum=on"];

export const serverBenchmarks: readonly Benchmark[] = [againstPrefect];

async function againstPrefect(): Promise<Measurement[]> {
  const cluster = await startPostgres(DURABLE);
  if (cluster === undefined) throw new Error("PostgreSQL is not installed: run .ci/install-peers.");
  try {
    for (const database of ["prefect", "measured"]) await cluster.run(`CREATE DATABASE ${database}`);
    const baseline = await figuresOf(() => startPrefect(cluster.urlOf("prefect")));
    const figures = await figuresOf(() => startSluice(cluster.urlOf("measured")));
    return WORK.map(({ key, name, unit, target }) =>
      measurement({
        name,
        unit,
        target,
        value: figures[key],
        baseline: baseline[key],
        against: "Prefect's server",
      }),
    );
  } finally {
    await cluster.remove();
  }
}

interface ServerFigures {
  readonly lifeCycles: number;
  readonly events: number;
  readonly lists: number;
  readonly megabytesAtOnce: number;
  readonly megabytes: number;
}

interface Work {
  readonly key: keyof ServerFigures;
  readonly name: string;
  readonly unit: string;
  readonly target: RatioTarget;
}

const WORK: readonly Work[] = [
  { key: "lifeCycles", name: "flow-run life cycles", unit: "/s", target: { leastRatio: 20 } },
  { key: "events", name: "task-run events recorded", unit: "/s", target: { leastRatio: 50 } },
  { key: "lists", name: "pages of 200 flow runs", unit: "/s", target: { leastRatio: 5 } },
  { key: "megabytesAtOnce", name: "resident memory right after", unit: "MB", target: { mostRatio: 0.5 } },
  { key: "megabytes", name: "resident memory at rest", unit: "MB", target: { mostRatio: 0.5 } },
];

/** One server does everything, one thing after another, alone on the machine. */
async function figuresOf(start: () => Promise<MeasuredServer>): Promise<ServerFigures> {
  const server = await start();
  try {
    const lifeCycles = await flowRunLifeCycles(server.apiUrl);
    const lists = await flowRunLists(server.apiUrl);
    const events = await taskRunEvents(server.apiUrl);
    const megabytesAtOnce = await server.residentMegabytes();
    await delay(REST_MS);
    return { lifeCycles, events, lists, megabytesAtOnce, megabytes: await server.residentMegabytes() };
  } finally {
    await server.stop();
  }
}
