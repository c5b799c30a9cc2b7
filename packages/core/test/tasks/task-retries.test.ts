import { describe, expect, it } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { Failed } from "../../src/states/state-factories.ts";
import { exponentialBackoff, retryDelaySeconds, shownDelays } from "../../src/tasks/retry-delay.ts";
import { task } from "../../src/tasks/task.ts";
import type { TaskOptions } from "../../src/tasks/task-options.ts";
import { engineTest } from "../engine-fixture.ts";

/** A task that fails the first `failures` times and then gives its attempt's number. */
function flaky(failures: number, options: TaskOptions<[]> = {}) {
  let attempts = 0;
  return task({ ...options, name: "flaky" }, async () => {
    attempts += 1;
    if (attempts <= failures) throw new Error(`failure ${attempts}`);
    return attempts;
  });
}

const noJitter = { factor: undefined, random: () => 0.5 };

describe("retries of a task", () => {
  engineTest("run it again until it completes", async ({ taskRun, stateNames }) => {
    const unreliable = flaky(2, { retries: 3 });
    expect(await flow({ name: "f" }, () => unreliable())()).toBe(3);
    const run = await taskRun("flaky-0");
    expect(await stateNames(run)).toEqual(["Pending", "Running", "Retrying", "Retrying", "Completed"]);
    expect(run.run_count).toBe(3);
  });

  engineTest("end with the last error when none is left", async ({ taskRun, stateNames }) => {
    const unreliable = flaky(9, { retries: 2 });
    await flow({ name: "f" }, async () => {
      await expect(unreliable()).rejects.toThrow("failure 3");
    })();
    const run = await taskRun("flaky-0");
    expect(await stateNames(run)).toEqual(["Pending", "Running", "Retrying", "Retrying", "Failed"]);
    expect(run.state?.message).toBe("Task run encountered an exception: Error: failure 3");
  });

  engineTest("with a delay are scheduled in between", async ({ taskRun, stateNames, api }) => {
    const unreliable = flaky(2, { retries: 2, retryDelaySeconds: [0.001, 0.03] });
    await flow({ name: "f" }, () => unreliable())();
    const run = await taskRun("flaky-0");
    expect(await stateNames(run)).toEqual([
      "Pending",
      "Running",
      "AwaitingRetry",
      "Retrying",
      "AwaitingRetry",
      "Retrying",
      "Completed",
    ]);
    const states = await api.taskRuns.states(run.id);
    const [waiting, retrying] = [states[4], states[5]];
    expect(waiting?.message).toBe("Task run encountered an exception: Error: failure 2");
    expect(waiting?.type).toBe("SCHEDULED");
    const scheduled = Date.parse(waiting?.state_details.scheduled_time ?? "");
    expect(scheduled).toBeGreaterThanOrEqual(Date.parse(waiting?.timestamp ?? "") + 29);
    expect(Date.parse(retrying?.timestamp ?? "")).toBeGreaterThanOrEqual(scheduled - 2);
  });

  engineTest("leave the waits between them out of the time spent running", async ({ taskRun }) => {
    const unreliable = flaky(2, { retries: 2, retryDelaySeconds: 0.03 });
    await flow({ name: "f" }, () => unreliable())();
    const run = await taskRun("flaky-0");
    const wholeSeconds = (Date.parse(run.end_time ?? "") - Date.parse(run.start_time ?? "")) / 1000;
    expect(wholeSeconds).toBeGreaterThanOrEqual(0.058);
    expect(run.total_run_time).toBeGreaterThan(0);
    expect(run.total_run_time).toBeLessThanOrEqual(wholeSeconds - 0.055);
  });

  engineTest(
    "come from the settings when the task says nothing",
    async ({ taskRun }) => {
      await flow({ name: "f" }, () => flaky(2)())();
      const run = await taskRun("flaky-0");
      expect([run.run_count, run.empirical_policy.retries, run.empirical_policy.retry_delay]).toEqual([
        3,
        2,
        [0.001],
      ]);
      await flow({ name: "f" }, async () => {
        await expect(flaky(1, { retries: 0 })()).rejects.toThrow("failure 1");
      })();
    },
    { settings: { "tasks.default_retries": 2, "tasks.default_retry_delay_seconds": 0.001 } },
  );

  engineTest("are shown in the context of every attempt", async () => {
    const counts: (number | undefined)[] = [];
    const counted = task({ name: "counted", retries: 2 }, async () => {
      counts.push(runContext().taskRun?.runCount);
      throw new Error("no");
    });
    await flow({ name: "f" }, async () => void (await counted.returnState()))();
    expect(counts).toEqual([1, 2, 3]);
  });

  engineTest("happen to submitted, mapped and synchronous tasks and to tasks outside flows", async () => {
    let calls = 0;
    const sync = task({ name: "sync", retries: 1 }, (n: number) => {
      calls += 1;
      if (calls % 2 === 1) throw new Error("odd call");
      return n;
    });
    await flow({ name: "f" }, async () => {
      expect(await sync.submit(1)).toBe(1);
      expect(await sync.map([1]).at(0)).toBe(1);
    })();
    calls = 0;
    expect(await sync(5)).toBe(5);
  });

  engineTest("happen when a task returns a Failed state", async ({ taskRun }) => {
    const failed = task({ name: "failed", retries: 1 }, () => Failed({ message: "no rows" }));
    await flow({ name: "f" }, async () => {
      expect((await failed.returnState()).message).toBe("no rows");
    })();
    expect((await taskRun("failed-0")).run_count).toBe(2);
  });

  engineTest("count in the progress of the flow run", async ({ taskRun }) => {
    await flow({ name: "f" }, () => flaky(2, { retries: 2 })())();
    expect((await taskRun("flaky-0")).flow_run_run_count).toBe(1);
  });
});

describe("the delay of a retry", () => {
  it("is one number, one for each in turn, or what a function gives", () => {
    const delays = (delay: Parameters<typeof retryDelaySeconds>[0]): number[] =>
      [1, 2, 3].map((retry) => retryDelaySeconds(delay, retry, noJitter));
    expect(delays(2)).toEqual([2, 2, 2]);
    expect(delays([1, 10])).toEqual([1, 10, 10]);
    expect(delays((retry) => retry * 5)).toEqual([5, 10, 15]);
    expect(delays(exponentialBackoff(10))).toEqual([10, 20, 40]);
  });

  it("with jitter is drawn from [delay, delay × (1 + factor)]", () => {
    expect(retryDelaySeconds(10, 1, { factor: 0.5, random: () => 0 })).toBe(10);
    expect(retryDelaySeconds(10, 1, { factor: 0.5, random: () => 0.999999 })).toBeCloseTo(15, 3);
    expect(retryDelaySeconds(10, 1, { factor: 0, random: () => 0.7 })).toBe(10);
  });

  engineTest("with jitter really differs from run to run, within its bounds", async ({ taskRuns, logs }) => {
    const jittered = task(
      { name: "jittered", retries: 1, retryDelaySeconds: 0.02, retryJitterFactor: 1 },
      async (_: number) => {
        if (runContext().taskRun?.runCount === 1) throw new Error("once");
      },
    );
    await flow(
      { name: "f" },
      async () => void (await jittered.map(Array.from({ length: 40 }, (_, n) => n))),
    )();
    expect((await taskRuns("jittered-")).every((run) => run.run_count === 2)).toBe(true);
    const delays = (await logs())
      .map((line) => /"?delaySeconds"?[=:] ?([\d.]+)/.exec(line.message)?.[1])
      .filter((delay) => delay !== undefined)
      .map(Number);
    expect(delays).toHaveLength(40);
    for (const delay of delays) {
      expect(delay).toBeGreaterThanOrEqual(0.02);
      expect(delay).toBeLessThanOrEqual(0.04);
    }
    expect(new Set(delays).size).toBeGreaterThan(5);
    expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(0.008);
  });

  engineTest(
    "from a function that throws or gives nonsense ends the retries, keeps the error, and is logged",
    async ({ logs, taskRun }) => {
      const broken = flaky(9, {
        retries: 3,
        retryDelaySeconds: () => {
          throw new Error("no idea");
        },
      });
      await flow({ name: "f" }, async () => {
        await expect(broken()).rejects.toThrow("failure 1");
        for (const nonsense of [Number.NaN, -1, Number.POSITIVE_INFINITY, "soon" as never]) {
          await expect(flaky(9, { retries: 3, retryDelaySeconds: () => nonsense })()).rejects.toThrow(
            "failure 1",
          );
        }
      })();
      const lines = (await logs()).filter(({ message }) =>
        message.includes("retry delay of a task could not"),
      );
      expect(lines).toHaveLength(5);
      expect(lines[0]?.message).toContain("no idea");
      expect(lines[1]?.message).toContain("gave NaN for retry 1");
      const [first] = [await taskRun("flaky-0")];
      expect(first?.empirical_policy.retry_delay).toBeNull();
    },
  );

  it("is shown in history as far as it can be told, and no further than 50 retries", () => {
    expect(shownDelays(3, 5)).toEqual([3]);
    expect(shownDelays([1, 2], 5)).toEqual([1, 2]);
    expect(shownDelays((retry) => retry, 3)).toEqual([1, 2, 3]);
    expect(shownDelays((retry) => retry, Number.MAX_SAFE_INTEGER)).toHaveLength(50);
    expect(shownDelays(() => Number.NaN, 3)).toBeNull();
  });
});

describe("retryCondition", () => {
  engineTest("decides, told of task, run, state and error", async ({ taskRun }) => {
    const asked: unknown[] = [];
    const picky = flaky(5, {
      retries: 5,
      retryCondition: ({ task: info, taskRun: run, state, error }) => {
        asked.push([info.name, run.runCount, state.name, (error as Error).message]);
        return (error as Error).message !== "failure 2";
      },
    });
    await flow({ name: "f" }, async () => {
      await expect(picky()).rejects.toThrow("failure 2");
    })();
    expect(asked).toEqual([
      ["flaky", 1, "Failed", "failure 1"],
      ["flaky", 2, "Failed", "failure 2"],
    ]);
    expect((await taskRun("flaky-0")).run_count).toBe(2);
  });

  engineTest("may be asynchronous", async () => {
    const picky = flaky(2, { retries: 5, retryCondition: async () => true });
    expect(await flow({ name: "f" }, () => picky())()).toBe(3);
  });

  engineTest("that throws means no, and is logged", async ({ logs }) => {
    const picky = flaky(2, {
      retries: 5,
      retryCondition: () => {
        throw new Error("cannot tell");
      },
    });
    await flow({ name: "f" }, async () => {
      await expect(picky()).rejects.toThrow("failure 1");
    })();
    const [line] = (await logs()).filter(({ message }) => message.includes("retry condition"));
    expect(line?.message).toContain("cannot tell");
  });

  engineTest("is not asked when the task completes or when no retry is left", async () => {
    let asked = 0;
    const retryCondition = (): boolean => {
      asked += 1;
      return true;
    };
    const picky = flaky(1, { retries: 1, retryCondition });
    await flow({ name: "f" }, () => picky())();
    const hopeless = flaky(1, { retryCondition });
    await flow({ name: "f" }, async () => void (await hopeless.returnState()))();
    expect(asked).toBe(1);
  });
});
