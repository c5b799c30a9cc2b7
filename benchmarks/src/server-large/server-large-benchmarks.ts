/**
 * Calls of lists, counts and dashboards on a history of a million runs and ten million events, against the same calls
 * on an empty one. Filling takes minutes and ten gigabytes; `SLUICE_BENCH_SCALE=0.1` makes a tenth of it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@sluice/store/testing";
import { amount } from "../amount.ts";
import { type Benchmark, elapsedMs, type Measurement, measurement } from "../measurement.ts";
import { withConnections } from "../server/api-connection.ts";
import { startSluice } from "../server/measured-server.ts";
import { fillHistory, type HistorySize } from "./fill-history.ts";
import { type LargeCall, largeCalls } from "./large-calls.ts";
import { postgresWriter, type SqlWriter, sqliteWriter } from "./sql-writer.ts";

const WARM_UP = 3;
const CALLS = 60;
/** Of a call that takes this long altogether, what was measured is enough. */
const ENOUGH_MS = 20_000;
const TARGET_MS = 100;

export const serverLargeBenchmarks: readonly Benchmark[] = [onSqlite, onPostgres];

async function onSqlite(): Promise<Measurement[]> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-bench-large-"));
  try {
    const path = join(directory, "history.db");
    return await measured("SQLite", `sqlite:${path}`, async () => sqliteWriter(path));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function onPostgres(): Promise<Measurement[]> {
  const cluster = await startPostgres(["autovacuum=on", "max_wal_size=4GB", "shared_buffers=512MB"]);
  if (cluster === undefined) throw new Error("PostgreSQL is not installed: run .ci/install-peers.");
  try {
    const url = cluster.urlOf("postgres");
    return await measured("PostgreSQL", url, () => postgresWriter(url));
  } finally {
    await cluster.remove();
  }
}

async function measured(
  database: string,
  url: string,
  openWriter: () => Promise<SqlWriter>,
): Promise<Measurement[]> {
  const size: HistorySize = { runs: amount(1e6), events: amount(1e7) };
  const now = new Date();
  const calls = largeCalls(size, now);
  const empty = await percentiles(url, calls);
  const writer = await openWriter();
  try {
    await fillHistory(writer, size, now);
  } finally {
    await writer.close();
  }
  const full = await percentiles(url, calls);
  return calls.map(({ name }, index) =>
    measurement({
      name: `${database}: ${name}`,
      unit: "ms",
      value: full[index] ?? Number.NaN,
      baseline: empty[index] ?? Number.NaN,
      against: "an empty history",
      target: TARGET_MS,
    }),
  );
}

/** Of each call, the time that 95 of 100 stay below, on a server that has just started. */
async function percentiles(databaseUrl: string, calls: readonly LargeCall[]): Promise<number[]> {
  const server = await startSluice(databaseUrl);
  try {
    return await withConnections(server.apiUrl, 1, async ([connection]) => {
      const figures: number[] = [];
      for (const { path, body } of calls) {
        const times: number[] = [];
        const endAt = performance.now() + ENOUGH_MS;
        for (let number = 0; number < WARM_UP + CALLS; number += 1) {
          const text = JSON.stringify(body(number));
          const ms = await elapsedMs(() => connection?.postText(path, text));
          if (number >= WARM_UP) times.push(ms);
          if (times.length > 0 && performance.now() > endAt) break;
        }
        figures.push(percentile95(times));
      }
      return figures;
    });
  } finally {
    await server.stop();
  }
}

function percentile95(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}
