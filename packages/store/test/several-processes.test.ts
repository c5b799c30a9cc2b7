import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { flowQuery, taskRunQuery } from "@sluice/orchestration";
import Database from "libsql";
import { expect, it, onTestFinished } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { temporaryDatabasePath } from "./temporary-database.ts";

interface Acknowledged {
  readonly taskRunIds: readonly string[];
  readonly flowName: string;
}

interface Writer {
  readonly process: ChildProcess;
  readonly acknowledged: Acknowledged[];
  /** Settles with the exit code and signal, and what the process wrote to stderr. */
  readonly ended: Promise<{ code: number | null; signal: string | null; errors: string }>;
}

const TIMEOUT_MS = 60_000;

it(
  "loses nothing when several processes make one history and write to it at once",
  async () => {
    const path = await temporaryDatabasePath();
    const writers = ["a", "b", "c", "d"].map((name) => startWriter(path, name, 15));
    for (const { ended } of writers) expect(await ended).toEqual({ code: 0, signal: null, errors: "" });

    const store = await sqliteStore({ path });
    for (const [index, name] of ["a", "b", "c", "d"].entries()) {
      expect(writers[index]?.acknowledged).toHaveLength(15);
      expect(await store.taskRuns.count(taskRunQuery({ task_runs: { name: { any_: [name] } } }).where)).toBe(
        15 * 40,
      );
      expect(await store.flows.count(flowQuery({ flows: { name: { like_: `${name}-` } } }).where)).toBe(15);
    }
    expect(await store.flows.count(flowQuery({ flows: { name: { any_: ["shared"] } } }).where)).toBe(1);
    await store.close();
    expect(count(path, "SELECT count(*) AS count FROM log")).toBe(4 * 15 * 40);
  },
  TIMEOUT_MS,
);

it(
  "keeps everything acknowledged, and no half of a transaction, when a writing process is killed",
  async () => {
    const path = await temporaryDatabasePath();
    const writer = startWriter(path, "victim", 10_000);
    await expect.poll(() => writer.acknowledged.length, { timeout: TIMEOUT_MS }).toBeGreaterThan(5);
    writer.process.kill("SIGKILL");
    expect((await writer.ended).signal).toBe("SIGKILL");

    const store = await sqliteStore({ path });
    for (const { taskRunIds, flowName } of writer.acknowledged) {
      const found = await store.taskRuns.count(
        taskRunQuery({ task_runs: { id: { any_: [...taskRunIds] } } }).where,
      );
      expect(found).toBe(taskRunIds.length);
      expect(await store.flows.count(flowQuery({ flows: { name: { any_: [flowName] } } }).where)).toBe(1);
    }
    await store.close();
    // Each record has three states and each batch forty records.
    const runs = count(path, "SELECT count(*) AS count FROM task_run");
    expect(runs % 40).toBe(0);
    expect(count(path, "SELECT count(*) AS count FROM task_run_state")).toBe(3 * runs);
    expect(new Database(path).pragma("integrity_check")).toEqual([{ integrity_check: "ok" }]);
  },
  TIMEOUT_MS,
);

function startWriter(path: string, name: string, batches: number): Writer {
  const child = fork(new URL("writer-process.ts", import.meta.url), [path, name, String(batches)], {
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const acknowledged: Acknowledged[] = [];
  child.on("message", (message: Acknowledged) => acknowledged.push(message));
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code, signal, errors }));
  return { process: child, acknowledged, ended };
}

function count(path: string, sql: string): number {
  const database = new Database(path);
  const [row] = database.prepare(sql).all();
  database.close();
  return typeof row === "object" && row !== null && "count" in row ? Number(row.count) : Number.NaN;
}
