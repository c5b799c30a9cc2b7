import { existsSync } from "node:fs";
import { setTimeout as realSleep } from "node:timers/promises";
import { Block } from "@sluice/core/blocks";
import { beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { z } from "zod";
import {
  currentSettings,
  type Flow,
  flow,
  INPUTS,
  MemoryNotifier,
  notifyOn,
  openHistory,
  runLogger,
  sleep,
  task,
  unmapped,
} from "../../src/index.ts";
import { type FlowHarness, type FlowTestRun, flowHarness } from "../../src/testing/harness/index.ts";

const START = new Date("2026-03-01T12:00:00Z");

/** Fails so many times before it succeeds. */
function failing(times: number): (value: number) => Promise<number> {
  let calls = 0;
  return async (value) => {
    calls += 1;
    if (calls <= times) throw new Error(`failure ${calls}`);
    return value * 2;
  };
}

describe("a run in a harness", () => {
  it("shows value, states, task runs, tags and logs", async () => {
    await using harness = flowHarness();
    const double = task({ name: "double", tags: ["arithmetic"] }, async (value: number) => value * 2);
    const doubles = flow({ name: "doubles" }, async ({ count }: { count: number }) => {
      const values = await double.map(Array.from({ length: count }, (_, index) => index));
      runLogger().debug("Doubled", { values });
      return values;
    });
    const run = await harness.run(doubles, { count: 3 });
    expectTypeOf(run).toEqualTypeOf<FlowTestRun<number[]>>();
    expect(await run.result()).toEqual([0, 2, 4]);
    expect(run.state.isCompleted()).toBe(true);
    expect(run.states).toEqual(["Pending", "Running", "Completed"]);
    expect(run.taskRuns.map(({ name, runCount, tags }) => ({ name, runCount, tags }))).toEqual(
      [0, 1, 2].map((index) => ({ name: `double-${index}`, runCount: 1, tags: ["arithmetic"] })),
    );
    expect(run.taskRuns[0]?.states).toEqual(["Pending", "Running", "Completed"]);
    expect(run.logs).toContainEqual(
      expect.objectContaining({ level: "debug", message: "Doubled", fields: { values: [0, 2, 4] } }),
    );
    expect(run.record.parameters).toEqual({ count: 3 });
  });

  it("that fails shows what was thrown", async () => {
    await using harness = flowHarness();
    const broken = flow({ name: "broken" }, async () => {
      throw new Error("no bread");
    });
    const run = await harness.run(broken);
    expect(run.state.isFailed()).toBe(true);
    await expect(run.result()).rejects.toThrow("no bread");
  });

  it("has the artifacts that were made in it, and in no other", async () => {
    await using harness = flowHarness();
    const reporting = flow({ name: "reporting" }, async ({ text }: { text: string }) => {
      const { runContext } = await import("../../src/index.ts");
      const flow_run_id = runContext().flowRun?.id ?? null;
      const history = await openHistory();
      await history.artifacts.create({ key: "report", type: "markdown", data: text, flow_run_id });
    });
    await harness.run(reporting, { text: "first" });
    const run = await harness.run(reporting, { text: "second" });
    expect(run.artifacts).toMatchObject([{ key: "report", data: "second" }]);
  });

  it("shows more task runs than a page", async () => {
    await using harness = flowHarness();
    const same = task({ name: "same" }, async (value: number, add: number) => value + add);
    const many = flow({ name: "many" }, async () =>
      same.map(
        Array.from({ length: 450 }, (_, index) => index),
        unmapped(1),
      ),
    );
    const run = await harness.run(many);
    expect(run.taskRuns.map(({ name }) => name)).toEqual(
      Array.from({ length: 450 }, (_, index) => `same-${index}`),
    );
  });
});

describe("the clock of a harness", () => {
  it("does not wait for retries, and is where they end", async () => {
    await using harness = flowHarness({ now: START });
    const fetchPage = task(
      { name: "fetch-page", retries: 3, retryDelaySeconds: [60, 600, 3600] },
      failing(3),
    );
    const run = await harness.run(flow({ name: "pages" }, async () => fetchPage(4)));
    expect(await run.result()).toBe(8);
    expect(run.taskRuns[0]?.states).toEqual([
      "Pending",
      "Running",
      ...["AwaitingRetry", "Retrying", "AwaitingRetry", "Retrying", "AwaitingRetry", "Retrying"],
      "Completed",
    ]);
    const { start_time, end_time, expected_start_time } = run.taskRuns[0]?.record ?? {};
    expect(start_time).toMatch(/^2026-03-01T12:00:00/);
    expect(expected_start_time).toMatch(/^2026-03-01T12:00:00/);
    expect(end_time).toMatch(/^2026-03-01T13:11:00/);
    expect(harness.clock.now.toISOString()).toMatch(/^2026-03-01T13:11:00/);
  });

  it("does not wait for retries of flows", async () => {
    await using harness = flowHarness({ now: START });
    const work = failing(2);
    const run = await harness.run(
      flow({ name: "daily", retries: 2, retryDelaySeconds: 86_400 }, async () => work(1)),
    );
    expect(run.runCount).toBe(3);
    expect(run.record.end_time).toMatch(/^2026-03-03T12:00:00/);
  });

  it("lets limits be met by what sleeps", async () => {
    await using harness = flowHarness({ now: START });
    const slow = task({ name: "slow", timeoutSeconds: 30 }, async () => sleep(60));
    const run = await harness.run(flow({ name: "waiting" }, async () => slow()));
    expect(run.taskRuns[0]?.state).toMatchObject({ type: "FAILED", name: "TimedOut" });
    expect(harness.clock.now.getTime() - START.getTime()).toBeCloseTo(30_000, -1);
  });

  it("goes on by hand where code hangs", async () => {
    await using harness = flowHarness();
    const hanging = task({ name: "hanging", timeoutSeconds: 30 }, () => new Promise<void>(() => undefined));
    const running = harness.run(flow({ name: "stuck" }, async () => hanging()));
    await harness.clock.advance(29);
    await harness.clock.advance(2);
    const run = await running;
    expect(run.taskRuns[0]?.state.name).toBe("TimedOut");
  });

  it("goes on by hand only when a run has got to where it waits", async () => {
    await using harness = flowHarness();
    const late = flow({ name: "late" }, async () => {
      await realSleep(30); // as reading a file, or importing a module, takes a while
      return task({ name: "hanging", timeoutSeconds: 30 }, () => new Promise<void>(() => undefined))();
    });
    const running = harness.run(late);
    await harness.clock.advance(31);
    expect((await running).taskRuns[0]?.state.name).toBe("TimedOut");
  });

  it("does not go on while code does something else", async () => {
    await using harness = flowHarness({ now: START });
    const reading = task({ name: "reading", timeoutSeconds: 1 }, async () => realSleep(20));
    const run = await harness.run(flow({ name: "calm" }, async () => reading()));
    expect(run.state.isCompleted()).toBe(true);
    expect(harness.clock.now.getTime() - START.getTime()).toBeLessThan(1000);
  });

  it("lets cached results expire", async () => {
    await using harness = flowHarness();
    const price = vi.fn(async (name: string) => name.length);
    const ask = task({ name: "ask", cachePolicy: INPUTS, cacheExpiration: { hours: 1 } }, price);
    const asking = flow({ name: "asking" }, async () => ask("ACME"));
    await harness.run(asking);
    const cached = await harness.run(asking);
    expect(cached.taskRuns[0]?.state.name).toBe("Cached");
    await harness.clock.advance(3601);
    await harness.run(asking);
    expect(price).toHaveBeenCalledTimes(2);
  });

  it("is the real one where a test wants that", async () => {
    await using harness = flowHarness({ clock: "real" });
    const start = performance.now();
    const run = await harness.run(flow({ name: "resting" }, async () => sleep(0.03)));
    expect(run.state.isCompleted()).toBe(true);
    expect(performance.now() - start).toBeGreaterThanOrEqual(25);
    await expect(harness.clock.advance(0.001)).resolves.toBeUndefined();
  });

  it("refuses to go back", async () => {
    await using harness = flowHarness();
    await expect(harness.clock.advance(-1)).rejects.toThrow("≥ 0, not -1");
  });
});

class Forecasts extends Block.define({
  slug: "harness-forecasts",
  name: "Forecasts",
  schema: z.object({ url: z.url(), days: z.number().default(3) }),
}) {}

describe("the blocks of a harness", () => {
  let harness: FlowHarness;
  beforeEach(() => {
    harness = flowHarness();
    return () => harness.close();
  });
  const days = flow({ name: "days" }, async () => (await Forecasts.load("berlin")).days);

  it("are made of their fields", async () => {
    harness.blocks.set("harness-forecasts/berlin", { url: "https://forecasts.example" });
    expect(await (await harness.run(days)).result()).toBe(3);
  });

  it("with wrong fields are refused as saved ones are", async () => {
    harness.blocks.set("harness-forecasts/berlin", { url: "https://forecasts.example", dais: 3 });
    await expect((await harness.run(days)).result()).rejects.toThrow("did you mean days?");
  });

  it("come before saved ones, and saved ones stay in the harness", async () => {
    await harness.within(() => new Forecasts({ url: "https://saved.example", days: 7 }).save("berlin"));
    expect(await (await harness.run(days)).result()).toBe(7);
    harness.blocks.set("harness-forecasts/berlin", { url: "https://given.example", days: 1 });
    expect(await (await harness.run(days)).result()).toBe(1);
    await using other = flowHarness();
    await expect((await other.run(days)).result()).rejects.toThrow(
      "There is no block harness-forecasts/berlin",
    );
  });

  it("say that a test gave them when they are updated", async () => {
    harness.blocks.set("harness-forecasts/berlin", { url: "https://given.example" });
    const update = async (): Promise<unknown> => (await Forecasts.load("berlin")).update({ days: 2 });
    await expect(harness.within(update)).rejects.toThrow("comes from a test");
  });

  it("may be objects that do what one does", async () => {
    const slack = new MemoryNotifier();
    harness.blocks.set("slack-webhook/team", slack);
    const trouble = notifyOn(["FAILED"], "slack-webhook/team");
    const failingFlow = flow({ name: "nightly", onStateChange: trouble }, async () => {
      throw new Error("no disk");
    });
    await harness.run(failingFlow);
    expect(slack.messages).toMatchObject([{ subject: expect.stringContaining("nightly: Failed") }]);
  });
});

describe("harnesses", () => {
  it("that run at the same time see nothing of each other", async () => {
    const add = task({ name: "add", retries: 1, retryDelaySeconds: 5 }, async (value: number) => value + 1);
    const adding: Flow<{ value: number }, number> = flow(
      { name: "adding" },
      async ({ value }: { value: number }) => {
        runLogger().info("Adding", { value });
        return add(value);
      },
    );
    const results = await Promise.all(
      [1, 2, 3].map(async (value) => {
        await using harness = flowHarness();
        const run = await harness.run(adding, { value });
        expect(harness.logs.filter(({ message }) => message === "Adding")).toMatchObject([
          { fields: { value } },
        ]);
        expect(await harness.api.flowRuns.count({})).toBe(1);
        return run.result();
      }),
    );
    expect(results).toEqual([2, 3, 4]);
  });

  it("read no setting of the process and write no file", async () => {
    vi.stubEnv("SLUICE_API_URL", "http://127.0.0.1:1/api");
    vi.stubEnv("SLUICE_TASKS_DEFAULT_RETRIES", "7");
    await using harness = flowHarness({ settings: { "tasks.default_retry_delay_seconds": 9 } });
    const keep = task({ name: "keep", persistResult: true }, async () => "kept");
    const run = await harness.run(flow({ name: "keeping" }, async () => keep()));
    vi.unstubAllEnvs();
    expect(run.state.isCompleted()).toBe(true);
    const settings = harness.within(() => currentSettings());
    expect(settings.tasks).toMatchObject({ defaultRetries: 0, defaultRetryDelaySeconds: 9 });
    expect((await harness.results.list()).files).toHaveLength(1);
    expect(existsSync(settings.home)).toBe(false);
  });

  it("that are closed say so", async () => {
    const harness = flowHarness();
    await harness.close();
    await expect(harness.run(flow({ name: "late" }, async () => 1))).rejects.toThrow("The harness is closed");
  });
});
