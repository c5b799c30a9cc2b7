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

interface Work {
  readonly name: string;
  /** How many of it a second a server does, in a round of some seconds. */
  readonly measure: (apiUrl: string) => Promise<number>;
  readonly rounds: number;
  readonly target: RatioTarget;
}

const WORK: readonly Work[] = [
  {
    name: "flow-run life cycles",
    measure: flowRunLifeCycles,
    rounds: amount(8),
    target: { leastRatio: 20 },
  },
  { name: "pages of 200 flow runs", measure: flowRunLists, rounds: amount(6), target: { leastRatio: 5 } },
  { name: "task-run events recorded", measure: taskRunEvents, rounds: amount(2), target: { leastRatio: 50 } },
];
const MEMORY: RatioTarget = { mostRatio: 0.5 };

async function againstPrefect(): Promise<Measurement[]> {
  const cluster = await startPostgres(DURABLE);
  if (cluster === undefined) throw new Error("PostgreSQL is not installed: run .ci/install-peers.");
  const servers: MeasuredServer[] = [];
  try {
    for (const database of ["prefect", "measured"]) await cluster.run(`CREATE DATABASE ${database}`);
    servers.push(await startPrefect(cluster.urlOf("prefect")), await startSluice(cluster.urlOf("measured")));
    return await compared(servers);
  } finally {
    for (const server of servers) await server.stop();
    await cluster.remove();
  }
}

/** The first server is the baseline. */
async function compared(servers: readonly MeasuredServer[]): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const add = (name: string, unit: string, target: RatioTarget, figures: readonly number[]): void => {
    const [baseline = Number.NaN, value = Number.NaN] = figures;
    measurements.push(measurement({ name, unit, target, value, baseline, against: "Prefect's server" }));
  };
  const megabytes = (): Promise<number[]> => inTurn(servers, (server) => server.residentMegabytes());
  for (const work of WORK) add(work.name, "/s", work.target, await taken(servers, work));
  add("resident memory right after", "MB", MEMORY, await megabytes());
  await delay(REST_MS);
  add("resident memory at rest", "MB", MEMORY, await megabytes());
  return measurements;
}

/** What each server does on average. They take turns, since a machine's speed changes by the minute; the first round only warms up. */
async function taken(servers: readonly MeasuredServer[], { measure, rounds }: Work): Promise<number[]> {
  let sums = servers.map(() => 0);
  for (let round = 0; round <= rounds; round += 1) {
    const figures = await inTurn(servers, ({ apiUrl }) => measure(apiUrl));
    if (round > 0) sums = sums.map((sum, index) => sum + (figures[index] ?? Number.NaN));
  }
  return sums.map((sum) => sum / rounds);
}

/** Each has the machine for itself while it is asked. */
async function inTurn<T>(
  servers: readonly MeasuredServer[],
  ask: (server: MeasuredServer) => Promise<T>,
): Promise<T[]> {
  const answers: T[] = [];
  for (const server of servers) {
    const others = servers.filter((other) => other !== server);
    for (const other of others) other.halt();
    try {
      answers.push(await ask(server));
    } finally {
      for (const other of others) other.goOn();
    }
  }
  return answers;
}
