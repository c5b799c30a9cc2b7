/** An empty flow run, recorded, against the commits that recording needs. */
import { join } from "node:path";
import { flow } from "@sluice/core";
import Database from "libsql";
import { amount } from "../amount.ts";
import { elapsedMs, type Measurement, measurement, median } from "../measurement.ts";
import { withHistory } from "./with-history.ts";

const RUNS = amount(100);
const WARM_UP = amount(20);
/** Create, heartbeat, Running, Completed. */
const COMMITS_PER_RUN = 4;

const empty = flow({ name: "empty" }, async () => undefined);

export async function flowRuns(): Promise<Measurement[]> {
  return withHistory("sqlite", async (home) => {
    const runs: number[] = [];
    const commits: number[] = [];
    const database = commitDatabase(join(home, "baseline.db"));
    for (let run = 0; run < RUNS + WARM_UP; run += 1) {
      const runMs = await elapsedMs(() => empty());
      const commitMs = await elapsedMs(() => {
        for (let index = 0; index < COMMITS_PER_RUN; index += 1) database.commit();
      });
      if (run < WARM_UP) continue;
      runs.push(runMs);
      commits.push(commitMs);
    }
    database.close();
    const against = `${COMMITS_PER_RUN} SQLite commits of one row`;
    return [
      measurement({
        name: "empty flow run",
        unit: "ms",
        value: median(runs),
        baseline: median(commits),
        against,
        target: 5,
      }),
    ];
  });
}

function commitDatabase(path: string): { commit(): void; close(): void } {
  const database = new Database(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE row (value TEXT)");
  const insert = database.prepare("INSERT INTO row VALUES (?)");
  return { commit: () => insert.run("x".repeat(500)), close: () => database.close() };
}
