import { appendFile, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId } from "@sluice/protocol";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { HistoryBatch } from "../../src/api/history-batch.ts";
import { type ResendOptions, Spool } from "../../src/api/spool.ts";
import { flow } from "../../src/flows/flow.ts";
import { inEngine } from "../engine-fixture.ts";
import { FaultyApi } from "./faulty-api.ts";

async function place(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-spool-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function batch(message: string): HistoryBatch {
  const timestamp = new Date().toISOString();
  const log = {
    id: newId(),
    name: "test",
    level: 20,
    message,
    timestamp,
    flow_run_id: null,
    task_run_id: null,
  };
  return { task_runs: [], logs: [log], flow_run_states: [] };
}

interface Told {
  readonly damaged: [path: string, lines: number][];
  readonly refused: string[];
}

function resending(api: FaultyApi): ResendOptions & Told {
  const told: Told = { damaged: [], refused: [] };
  return {
    ...told,
    api,
    onDamaged: (path, lines) => void told.damaged.push([path, lines]),
    onRefused: (what) => void told.refused.push(what),
  };
}

async function messages(api: FaultyApi): Promise<string[]> {
  return (await api.logs.filter({})).map(({ message }) => message).sort();
}

describe("a spool", () => {
  it("is sent by the next one and deleted", async () => {
    const directory = await place();
    const earlier = new Spool(directory);
    await earlier.append(batch("one"));
    await earlier.append(batch("two"));
    await new Spool(directory).append(batch("three"));
    const api = new FaultyApi();
    expect(await new Spool(directory).resend(resending(api))).toBe(3);
    expect(await messages(api)).toEqual(["one", "three", "two"]);
    expect(await readdir(directory)).toEqual([]);
    expect(await new Spool(directory).resend(resending(api))).toBe(0);
  });

  it("that does not exist is nothing to send", async () => {
    const api = new FaultyApi();
    expect(await new Spool(join(await place(), "missing")).resend(resending(api))).toBe(0);
  });

  it("keeps its files when the history fails, and doubles nothing the next time", async () => {
    const directory = await place();
    const earlier = new Spool(directory);
    await earlier.append(batch("one"));
    const api = new FaultyApi();
    api.fault = "fails";
    await expect(new Spool(directory).resend(resending(api))).rejects.toThrow("disk of the test is full");
    expect(await readdir(directory)).toHaveLength(1);
    api.fault = "loses answers";
    await expect(new Spool(directory).resend(resending(api))).rejects.toThrow("answer got lost");
    api.fault = "none";
    expect(await new Spool(directory).resend(resending(api))).toBe(1);
    expect(await messages(api)).toEqual(["one"]);
  });

  it("with damaged lines sends all others, puts the file aside and tells of it", async () => {
    const directory = await place();
    const earlier = new Spool(directory);
    await earlier.append(batch("one"));
    await appendFile(earlier.path, 'not json\n{"task_runs":[]}\nnull\n');
    await earlier.append(batch("two"));
    await appendFile(earlier.path, '{"task_runs":[],"logs":[{"id":"cut o');
    const later = new Spool(directory);
    await later.append(batch("three"));
    const api = new FaultyApi();
    const options = resending(api);
    expect(await new Spool(directory).resend(options)).toBe(3);
    expect(await messages(api)).toEqual(["one", "three", "two"]);
    expect(options.damaged).toEqual([[`${earlier.path}.damaged`, 4]]);
    expect(await readFile(`${earlier.path}.damaged`, "utf8")).toContain("not json");
    expect(await new Spool(directory).resend(options)).toBe(0);
  });

  it("that another process is sending is left to it, until that one must have died", async () => {
    const directory = await place();
    const earlier = new Spool(directory);
    await earlier.append(batch("one"));
    await rename(earlier.path, `${earlier.path}.sending`);
    const api = new FaultyApi();
    expect(await new Spool(directory).resend(resending(api))).toBe(0);
    expect(await readdir(directory)).toHaveLength(1);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11 * 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await new Spool(directory).resend(resending(api))).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  it("is sent once when two processes come at a time", async () => {
    const directory = await place();
    for (let index = 0; index < 5; index += 1) await new Spool(directory).append(batch(`line ${index}`));
    const api = new FaultyApi();
    const sent = await Promise.all([1, 2, 3].map(() => new Spool(directory).resend(resending(api))));
    expect(sent.reduce((a, b) => a + b, 0)).toBe(5);
    expect(await messages(api)).toHaveLength(5);
  });

  it("is sent before the first run of the next engine", async () => {
    const home = await place();
    const waiting = batch("from an earlier process");
    await new Spool(join(home, "spool")).append(waiting);
    const settings = { home, "history.mode": "sqlite" } as const;
    await inEngine(async ({ logs }) => {
      expect((await logs()).map(({ message }) => message)).toContain("from an earlier process");
      expect(await readdir(join(home, "spool"))).toEqual([]);
      await flow({ name: "f" }, () => 1)();
    }, settings);
  });

  it("that is damaged does not keep the next engine from its work", async () => {
    const home = await place();
    const earlier = new Spool(join(home, "spool"));
    await earlier.append(batch("readable"));
    await appendFile(earlier.path, "not json\n");
    await inEngine(
      async ({ logs }) => {
        expect(await flow({ name: "f" }, () => 1)()).toBe(1);
        expect((await logs()).map(({ message }) => message)).toContain("readable");
      },
      { home, "history.mode": "sqlite" },
    );
    expect(await readdir(join(home, "spool"))).toEqual([expect.stringMatching(/\.ndjson\.damaged$/)]);
  });
});
