import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { currentOwner } from "@sluice/orchestration";
import type { OrchestrationApi, RunOwner } from "@sluice/protocol";
import { afterEach, expect, it, vi } from "vitest";
import { openLocalApi } from "../src/local.ts";
import { temporaryDatabasePath } from "./temporary-database.ts";

afterEach(() => {
  vi.useRealTimers();
});

it("ends runs of dead processes when it opens, and leaves those of live ones", async () => {
  const databasePath = await temporaryDatabasePath();
  const first = await openLocalApi({ databasePath });
  const [abandoned, alive] = [
    await startRun(first, await deadOwner()),
    await startRun(first, currentOwner()),
  ];
  await first.close();

  const api = await openLocalApi({ databasePath });
  expect(await stateOf(api, abandoned)).toBe("CRASHED");
  expect(await stateOf(api, alive)).toBe("RUNNING");
  await api.close();
});

it("ends runs of dead processes while it is open", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const api = await openLocalApi({ databasePath: await temporaryDatabasePath() });
  const run = await startRun(api, await deadOwner());
  expect(await stateOf(api, run)).toBe("RUNNING");
  vi.advanceTimersByTime(15_000);
  await expect.poll(() => stateOf(api, run)).toBe("CRASHED");
  await api.close();
  expect(vi.getTimerCount()).toBe(0);
});

it("opens one file twice in a process", async () => {
  const databasePath = await temporaryDatabasePath();
  const [first, second] = [await openLocalApi({ databasePath }), await openLocalApi({ databasePath })];
  const flow = await first.flows.create({ name: "shared" });
  expect(await second.flows.create({ name: "shared" })).toEqual(flow);
  expect(first.location).toBe(databasePath);
  await first.close();
  expect(await second.flows.get(flow.id)).toEqual(flow);
  await second.close();
  await second.close();
});

it("says what is wrong with a file that is not a history", async () => {
  const databasePath = await temporaryDatabasePath();
  await writeFile(databasePath, "text ".repeat(1000));
  await expect(openLocalApi({ databasePath })).rejects.toMatchObject({
    code: "HISTORY_UNAVAILABLE",
    message: expect.stringContaining(databasePath),
  });
});

it("does not keep a process alive", async () => {
  const script = `
    import { openLocalApi } from ${JSON.stringify(new URL("../src/local.ts", import.meta.url).href)};
    const api = await openLocalApi({ databasePath: ${JSON.stringify(await temporaryDatabasePath())} });
    await api.flows.create({ name: "etl" });`;
  const child = spawn(process.execPath, [...process.execArgv, "--input-type=module", "--eval", script], {
    stdio: ["ignore", "inherit", "inherit"],
    timeout: 20_000,
  });
  expect(await once(child, "close")).toEqual([0, null]);
}, 30_000);

async function startRun(api: OrchestrationApi, owner: RunOwner): Promise<string> {
  const flow = await api.flows.create({ name: "etl" });
  const { id } = await api.flowRuns.create({ flow_id: flow.id, state: { type: "RUNNING" } });
  await api.flowRuns.heartbeat({ flow_run_ids: [id], owner, lease_seconds: 30 });
  return id;
}

async function stateOf(api: OrchestrationApi, flowRunId: string): Promise<string | null> {
  return (await api.flowRuns.get(flowRunId)).state_type;
}

/** A process of this host that has ended. */
async function deadOwner(): Promise<RunOwner> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "close");
  return { ...currentOwner(), pid: child.pid ?? 0 };
}
