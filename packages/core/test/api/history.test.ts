import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HistoryUnavailableError } from "@sluice/protocol";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { closeEngines, openEngine } from "../../src/api/connect.ts";
import { Spool } from "../../src/api/spool.ts";
import { flow } from "../../src/flows/flow.ts";
import { runLogger } from "../../src/runtime/run-logger.ts";
import { currentSettings, temporarySettings } from "../../src/settings/current-settings.ts";
import type { SettingOverrides } from "../../src/settings/settings.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest, inEngine, turns } from "../engine-fixture.ts";

const double = task({ name: "double" }, async (n: number) => n * 2);

function away(): Promise<never> {
  return Promise.reject(new HistoryUnavailableError("The disk of the test is full."));
}

describe("a history that fails in the middle of a run", () => {
  engineTest(
    "does not touch the run; what happened is on disk, and complete once it is sent",
    async ({ api, home, services }) => {
      const record = vi.spyOn(api.taskRuns, "record").mockImplementation(away);
      const create = vi.spyOn(api.logs, "create").mockImplementation(away);
      const value = await flow({ name: "f" }, async () => {
        runLogger().info("in the flow");
        return double.map([1, 2, 3]);
      })();
      expect(value).toEqual([2, 4, 6]);
      expect(await readdir(join(home, "spool"))).toHaveLength(1);
      record.mockRestore();
      create.mockRestore();
      expect(await api.taskRuns.count({})).toBe(0);
      const told: unknown[] = [];
      const note = (...words: unknown[]): void => void told.push(words);
      await new Spool(join(home, "spool")).resend({ api, onRefused: note, onDamaged: note });
      await services.recorder.flush();
      expect(told).toEqual([]);
      const runs = await api.taskRuns.filter({ sort: "NAME_ASC" });
      expect(runs.map((run) => [run.name, run.state_name])).toEqual([
        ["double-0", "Completed"],
        ["double-1", "Completed"],
        ["double-2", "Completed"],
      ]);
      const first = await api.taskRuns.states(runs[0]?.id ?? "");
      expect(first.map(({ name }) => name)).toEqual(["Pending", "Running", "Completed"]);
      expect((await api.logs.filter({})).filter(({ message }) => message === "in the flow")).toHaveLength(1);
    },
  );

  engineTest(
    "keeps the final state of a flow run, which ends all the same",
    async ({ api, home, flowRuns }) => {
      const setState = vi.spyOn(api.flowRuns, "setState");
      const value = await flow({ name: "f" }, () => {
        setState.mockImplementation(away);
        return "value";
      })();
      expect(value).toBe("value");
      setState.mockRestore();
      expect((await flowRuns("f"))[0]?.state_name).toBe("Running");
      const ignore = (): void => undefined;
      await new Spool(join(home, "spool")).resend({ api, onRefused: ignore, onDamaged: ignore });
      const [run] = await flowRuns("f");
      expect((await api.flowRuns.states(run?.id ?? "")).map(({ name }) => name)).toEqual([
        "Pending",
        "Running",
        "Completed",
      ]);
    },
  );

  engineTest(
    "whose answer to the final state gets lost is asked again, and nothing is doubled",
    async ({ api, flowRuns, stateNames }) => {
      const setState = vi.spyOn(api.flowRuns, "setState");
      const original = api.flowRuns.setState.bind(api.flowRuns);
      const state = await flow({ name: "f" }, () => {
        setState.mockImplementationOnce(async (...args) => {
          setState.mockRestore();
          await original(...args);
          return away();
        });
        return "value";
      }).returnState();
      expect([state.name, await state.result()]).toEqual(["Completed", "value"]);
      const [run] = await flowRuns("f");
      if (run === undefined) throw new Error("no run");
      expect(await stateNames(run)).toEqual(["Pending", "Running", "Completed"]);
    },
  );

  engineTest(
    "of a run that was deleted meanwhile ends the flow with its value",
    async ({ api, flowRuns }) => {
      const value = await flow({ name: "f" }, async () => {
        for (const run of await flowRuns("f")) await api.flowRuns.delete(run.id);
        return "value";
      })();
      expect(value).toBe("value");
      expect(await flowRuns("f")).toEqual([]);
    },
  );

  engineTest("cannot keep a run's name from being used", async ({ api }) => {
    vi.spyOn(api.flowRuns, "update").mockImplementation(away);
    const named = flow({ name: "f", flowRunName: "run-{n}" }, ({ n }: { n: number }) => n);
    expect(await named({ n: 1 })).toBe(1);
  });
});

describe("an unusable history", () => {
  async function refusal(overrides: SettingOverrides): Promise<{ error: unknown; calls: number }> {
    let calls = 0;
    const counted = flow({ name: "f" }, () => {
      calls += 1;
    });
    const settings: SettingOverrides = { "logging.to_terminal": false, ...overrides };
    const error = await temporarySettings(settings, () => counted().catch((reason: unknown) => reason));
    await closeEngines();
    return { error, calls };
  }

  async function directory(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), "sluice-history-"));
    onTestFinished(() => rm(path, { recursive: true, force: true }));
    return path;
  }

  it("is an error before any user code runs: a directory that is a file", async () => {
    const home = await directory();
    await writeFile(join(home, "file"), "in the way");
    const { error, calls } = await refusal({
      home,
      "history.database_path": join(home, "file", "sluice.db"),
    });
    expect(error).toMatchObject({ code: "HISTORY_UNAVAILABLE" });
    expect((error as Error).message).toContain(join(home, "file"));
    expect(calls).toBe(0);
  });

  it("is an error before any user code runs: a file that is no database", async () => {
    const home = await directory();
    await writeFile(join(home, "sluice.db"), "this is not a database, whatever it is called; ".repeat(50));
    const { error, calls } = await refusal({ home });
    expect(error).toMatchObject({ code: "HISTORY_UNAVAILABLE" });
    expect(calls).toBe(0);
  });

  it("is an error before any user code runs: a server that is not there", async () => {
    const { error, calls } = await refusal({ home: await directory(), "api.url": "http://127.0.0.1:1/api" });
    expect(error).toMatchObject({ code: "HISTORY_UNAVAILABLE" });
    expect((error as Error).message).toMatch(/http:\/\/127\.0\.0\.1:1\/api.*SLUICE_API_URL/);
    expect(calls).toBe(0);
  });

  it("is tried anew by the next run", async () => {
    const home = await directory();
    await writeFile(join(home, "sluice.db"), "not a database ".repeat(50));
    await temporarySettings({ home, "logging.to_terminal": false }, async () => {
      const one = flow({ name: "f" }, () => 1);
      await expect(one()).rejects.toThrow();
      await rm(join(home, "sluice.db"));
      expect(await one()).toBe(1);
    });
    await closeEngines();
  });
});

describe("history modes", () => {
  it("sqlite keeps runs for the next engine", async () => {
    const home = await mkdtemp(join(tmpdir(), "sluice-history-"));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    const settings: SettingOverrides = { home, "history.mode": "sqlite" };
    await inEngine(async () => {
      await flow({ name: "f" }, () => double.map([1, 2]))();
    }, settings);
    await inEngine(async ({ flowRuns, taskRuns, stateNames }) => {
      const [run] = await flowRuns("f");
      if (run === undefined) throw new Error("no run");
      expect(await stateNames(run)).toEqual(["Pending", "Running", "Completed"]);
      const runs = await taskRuns("double-");
      expect(runs.map((each) => each.state_name)).toEqual(["Completed", "Completed"]);
      for (const each of runs) expect(await stateNames(each)).toEqual(["Pending", "Running", "Completed"]);
    }, settings);
  });

  engineTest(
    "off records nothing and runs everything",
    async ({ api }) => {
      const value = await flow({ name: "f", retries: 1 }, async () => {
        runLogger().info("not kept");
        return (await double.map([1, 2])).length;
      })();
      expect(value).toBe(2);
      expect(await api.flowRuns.count({})).toBe(0);
      expect(await api.taskRuns.count({})).toBe(0);
    },
    { settings: { "history.mode": "off" } },
  );
});

describe("an engine", () => {
  engineTest("is one for all runs with the same settings", async ({ services }) => {
    const again = await openEngine(currentSettings());
    expect(again.api).toBe(services.api);
    const other = await temporarySettings({ "tasks.default_retries": 3 }, () =>
      openEngine(currentSettings()),
    );
    expect([other.api, other.settings.tasks.defaultRetries]).toEqual([services.api, 3]);
  });

  engineTest("leaves nothing behind that keeps a process alive", async () => {
    const before = activeTimers();
    await flow({ name: "f" }, () => double.map([1, 2, 3]))();
    await closeEngines();
    await turns();
    expect(activeTimers()).toBeLessThanOrEqual(before);
  });
});

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout" || name === "Immediate").length;
}
