import { makeFlowRun } from "@sluice/orchestration/testing";
import Database from "libsql";
import { expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { makeFlow } from "./history-objects.ts";
import { temporaryDatabasePath } from "./temporary-database.ts";

it("finds runs after the file was vacuumed, which numbers its rows anew", async () => {
  const path = await temporaryDatabasePath();
  const store = await sqliteStore({ path });
  const flow = makeFlow();
  await store.flows.insert(flow);
  const runs = Array.from({ length: 20 }, (_, index) => makeFlowRun(flow, { name: `run-${index}` }));
  for (const run of runs) await store.flowRuns.insert(run);
  for (const { id } of runs.slice(0, 10)) await store.flowRuns.delete(id);
  await store.close();
  const database = new Database(path);
  database.exec("VACUUM");
  expect(database.prepare("SELECT count(*) AS names, sum(runs) AS runs FROM run_name").get()).toMatchObject({
    names: 10,
    runs: 10,
  });
  database.exec("INSERT INTO run_name_part (run_name_part) VALUES ('integrity-check')");
  database.close();
  const again = await sqliteStore({ path });
  const where = { type: "contains-text", members: ["name"], text: "run-15" } as const;
  expect((await again.flowRuns.list({ where })).map(({ name }) => name)).toEqual(["run-15"]);
  await again.close();
});
