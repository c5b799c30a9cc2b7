import { describe, expect, it } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { tags } from "../../src/runtime/run-scope.ts";
import { task } from "../../src/tasks/task.ts";
import type { TaskHook, TaskOptions } from "../../src/tasks/task-options.ts";
import { deferred, engineTest, turns, untilAborted } from "../engine-fixture.ts";

const noop = async (_: number): Promise<void> => undefined;

describe("wrong options of a task", () => {
  const wrong: [option: string, value: unknown, mustBe: string][] = [
    ["name", "a/b", "a non-empty string without / % & > <"],
    ["name", "", "a non-empty string without / % & > <"],
    ["description", 5, "a string"],
    ["version", 1, "a string"],
    ["tags", "nightly", "a list of strings"],
    ["tags", [1], "a list of strings"],
    ["taskRunName", 7, "a template string or a function"],
    ["retries", -1, "a whole number ≥ 0"],
    ["retries", 1.5, "a whole number ≥ 0"],
    ["retries", "3", "a whole number ≥ 0"],
    [
      "retryDelaySeconds",
      -1,
      "a number of seconds ≥ 0, a non-empty list of them, or a function of the retry's number",
    ],
    [
      "retryDelaySeconds",
      [],
      "a number of seconds ≥ 0, a non-empty list of them, or a function of the retry's number",
    ],
    [
      "retryDelaySeconds",
      [1, -2],
      "a number of seconds ≥ 0, a non-empty list of them, or a function of the retry's number",
    ],
    [
      "retryDelaySeconds",
      Number.NaN,
      "a number of seconds ≥ 0, a non-empty list of them, or a function of the retry's number",
    ],
    ["retryJitterFactor", -0.1, "a number ≥ 0"],
    ["retryCondition", true, "a function"],
    ["timeoutSeconds", 0, "a number of seconds > 0"],
    ["timeoutSeconds", "1m", "a number of seconds > 0"],
    ["onRunning", "hook", "a function or a list of functions"],
    ["onCompletion", [1], "a function or a list of functions"],
    ["onFailure", {}, "a function or a list of functions"],
    ["logPrints", "yes", "true or false"],
    ["durable", 1, "true or false"],
    ["mapWindow", 0, "a whole number ≥ 1"],
    ["waitFor", "future", "a list of futures"],
    ["signal", {}, "an AbortSignal"],
  ];
  for (const [option, value, mustBe] of wrong) {
    it(`are refused where the task is defined: ${option} ${JSON.stringify(value) ?? value}`, () => {
      const options = { name: "load", [option]: value } as TaskOptions<[number]>;
      expect(() => task(options, noop)).toThrow(`option ${option} must be ${mustBe}, not `);
      expect(() => task(options, noop)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
      expect(() => task({ name: "load" }, noop).withOptions(options)).toThrow(
        `option ${option} must be ${mustBe}`,
      );
    });
  }

  it("are refused with the name that was probably meant", () => {
    expect(() => task({ name: "load", retrys: 3 } as TaskOptions<[number]>, noop)).toThrow(
      'Task "load" has no option "retrys". Did you mean retries?',
    );
    expect(() => task({ name: "load", timeoutSecond: 3 } as TaskOptions<[number]>, noop)).toThrow(
      "Did you mean timeoutSeconds?",
    );
    expect(() => task({ name: "load", zzz: 3 } as TaskOptions<[number]>, noop)).toThrow(
      /Options are: name, /,
    );
  });

  it("include no name at all, and no function", () => {
    expect(() => task(async () => 1)).toThrow(
      /A task made of a function without a name needs the option name/,
    );
    expect(() => task({ name: "x" }, undefined as never)).toThrow(
      "task(options, fn) needs a function as its last argument.",
    );
    expect(() => task("x" as never)).toThrow("needs a function as its last argument");
  });

  it("do not include undefined, which means the default", () => {
    expect(task({ name: "load", retries: undefined, tags: undefined }, noop).tags).toEqual([]);
  });
});

describe("a task's facts", () => {
  it("are its name, description, tags, function and a key that names its source", () => {
    const load = task({ name: "load", description: "Loads", tags: ["io"] }, noop);
    expect([load.name, load.description, load.tags, load.fn]).toEqual(["load", "Loads", ["io"], noop]);
    expect(load.key).toMatch(/^load-[0-9a-f]{8}$/);
    expect(task({ name: "load" }, noop).key).toBe(load.key);
    expect(task({ name: "load" }, async (_: number) => 1).key).not.toBe(load.key);
  });

  engineTest(
    "are in history: key, version, tags, policy, counts and times",
    async ({ taskRun, flowRuns }) => {
      const load = task(
        { name: "load", version: "v7", tags: ["io", "nightly"], retries: 1, retryDelaySeconds: 2 },
        noop,
      );
      await flow({ name: "f" }, () => load(1))();
      const run = await taskRun("load-0");
      expect(run).toMatchObject({
        name: "load-0",
        task_key: load.key,
        dynamic_key: "0",
        task_version: "v7",
        tags: ["io", "nightly"],
        run_count: 1,
        flow_run_run_count: 1,
        flow_run_id: (await flowRuns("f"))[0]?.id,
        empirical_policy: { retries: 1, retry_delay: [2] },
      });
      expect(Date.parse(run.end_time ?? "")).toBeGreaterThanOrEqual(Date.parse(run.start_time ?? ""));
      expect(run.total_run_time).toBeGreaterThan(0);
      expect(run.total_run_time).toBeLessThan(60);
    },
  );
});

describe("withOptions", () => {
  engineTest("gives another task with the other options, and leaves this one alone", async ({ taskRuns }) => {
    const load = task({ name: "load", tags: ["a"], retries: 0 }, noop);
    const other = load.withOptions({ tags: ["b"], retries: 2 });
    expect([load.tags, other.tags, other.name]).toEqual([["a"], ["b"], "load"]);
    await flow({ name: "f" }, async () => {
      await load(1);
      await other(1);
      await load.withOptions({ name: "renamed" })(1);
    })();
    const runs = await taskRuns();
    expect(runs.map((run) => [run.name, run.tags, run.empirical_policy.retries])).toEqual([
      ["load-0", ["a"], 0],
      ["load-1", ["b"], 2],
      ["renamed-0", ["a"], 0],
    ]);
  });

  engineTest("of undefined takes the option away", async ({ taskRun }) => {
    const load = task({ name: "load", tags: ["a"] }, noop);
    await flow({ name: "f" }, () => load.withOptions({ tags: undefined })(1))();
    expect((await taskRun("load-0")).tags).toEqual([]);
  });
});

describe("tags", () => {
  engineTest(
    "come from the task and from the blocks around the call, once each",
    async ({ taskRun, flowRuns }) => {
      const load = task({ name: "load", tags: ["io", "eu"] }, noop);
      const plain = task({ name: "plain" }, noop);
      const sub = flow({ name: "sub", tags: ["own"] }, () => plain.withOptions({ name: "in-sub" })(1));
      await tags("nightly", () =>
        flow({ name: "f", tags: ["flow"] }, async () => {
          await tags("eu", "prod", async () => {
            await load(1);
            await plain.submit(1);
            await sub();
            expect(runContext().tags).toEqual(["nightly", "flow", "eu", "prod"]);
          });
          await plain.withOptions({ name: "after" })(1);
        })(),
      );
      expect((await flowRuns("f"))[0]?.tags).toEqual(["nightly", "flow"]);
      expect((await taskRun("load-0")).tags).toEqual(["nightly", "flow", "eu", "prod", "io"]);
      expect((await taskRun("plain-0")).tags).toEqual(["nightly", "flow", "eu", "prod"]);
      expect((await flowRuns("sub"))[0]?.tags).toEqual(["nightly", "flow", "eu", "prod", "own"]);
      expect((await taskRun("in-sub-0")).tags).toEqual(["nightly", "flow", "eu", "prod", "own"]);
      expect((await taskRun("after-0")).tags).toEqual(["nightly", "flow"]);
    },
  );

  engineTest("reach tasks outside flows and tasks in tasks", async ({ taskRuns }) => {
    const inner = task({ name: "inner" }, noop);
    const outer = task({ name: "outer" }, () => inner(1));
    await tags("alone", () => outer());
    expect((await taskRuns()).map((run) => run.tags)).toEqual([["alone"], ["alone"]]);
  });

  it("give what the block gives, and need a function", () => {
    expect(tags("a", () => 5)).toBe(5);
    expect(() => tags("a", "b" as never)).toThrow(
      /tags\(…names, work\) needs a function as its last argument/,
    );
  });
});

describe("taskRunName", () => {
  engineTest("is a template over the parameters", async ({ taskRuns }) => {
    const named = task(
      { name: "named", taskRunName: "read-{file.name}-{day}-{missing}" },
      async (file: { name: string }, day: Date, missing?: string) => [file, day, missing],
    );
    await flow({ name: "f" }, async () => {
      await named({ name: "trips" }, new Date(0));
      await named.submit({ name: "taxis" }, new Date(0), "x");
    })();
    expect((await taskRuns("read-")).map((run) => run.name)).toEqual([
      "read-trips-1970-01-01T00:00:00.000Z-undefined",
      "read-taxis-1970-01-01T00:00:00.000Z-x",
    ]);
  });

  engineTest("is a function of the call", async ({ taskRun }) => {
    const named = task(
      {
        name: "named",
        taskRunName: ({ task: info, args, parameters, flowRun }) =>
          `${info.name} ${args[0]} ${parameters["_"]} ${flowRun?.flowName}`,
      },
      noop,
    );
    await flow({ name: "f" }, () => named(3))();
    expect((await taskRun("named")).name).toBe("named 3 3 f");
  });

  engineTest(
    "with a parameter that does not exist fails the run and names those that do",
    async ({ stateNames, taskRun }) => {
      const named = task({ name: "named", taskRunName: "read-{fiel}" }, async (file: string) => file);
      await flow({ name: "f" }, async () => {
        const state = await named.returnState("x");
        expect(state.isFailed()).toBe(true);
        expect(state.message).toContain(
          'taskRunName "read-{fiel}" uses {fiel}, but the parameters are: file.',
        );
      })();
      expect(await stateNames(await taskRun("named-0"))).toEqual(["Pending", "Failed"]);
    },
  );

  engineTest("that throws or gives no name fails the run", async () => {
    const broken = task(
      {
        name: "broken",
        taskRunName: () => {
          throw new Error("nameless");
        },
      },
      noop,
    );
    const odd = task({ name: "odd", taskRunName: () => 5 as never }, noop);
    await flow({ name: "f" }, async () => {
      expect((await broken.returnState(1)).message).toContain("nameless");
      expect((await odd.returnState(1)).message).toContain(
        "taskRunName must give a non-empty string, not number",
      );
    })();
  });

  engineTest("is the name of the future too", async () => {
    const named = task({ name: "named", taskRunName: "read-{n}" }, async (n: number) => n);
    await flow({ name: "f" }, async () => {
      const future = named.submit(4);
      await future;
      expect(future.taskRunName).toBe("read-4");
    })();
  });
});

describe("hooks of a task", () => {
  function noted(): { readonly notes: string[]; hook(label: string): TaskHook } {
    const notes: string[] = [];
    return {
      notes,
      hook: (label) => (info, run, state) => {
        notes.push(`${label} ${info.name} ${run.name} ${state.name}`);
      },
    };
  }

  engineTest("are called in order as the run begins and ends", async () => {
    const { notes, hook } = noted();
    const hooks = {
      onRunning: hook("running"),
      onCompletion: [hook("one"), hook("two")],
      onFailure: hook("failure"),
    };
    await flow({ name: "f" }, async () => {
      await task({ ...hooks, name: "good" }, noop)(1);
      await task({ ...hooks, name: "bad" }, async () => {
        throw new Error("no");
      }).returnState();
    })();
    expect(notes).toEqual([
      "running good good-0 Running",
      "one good good-0 Completed",
      "two good good-0 Completed",
      "running bad bad-0 Running",
      "failure bad bad-0 Failed",
    ]);
  });

  engineTest("are told of every attempt that runs, and of the end once", async () => {
    const { notes, hook } = noted();
    const hooks = {
      onRunning: hook("running"),
      onCompletion: hook("completion"),
      onFailure: hook("failure"),
    };
    const flaky = task({ ...hooks, name: "flaky", retries: 1 }, async () => {
      if (runContext().taskRun?.runCount === 1) throw new Error("once");
    });
    await flow({ name: "f" }, () => flaky())();
    expect(notes).toEqual([
      "running flaky flaky-0 Running",
      "running flaky flaky-0 Retrying",
      "completion flaky flaky-0 Completed",
    ]);
  });

  engineTest("that throw or reject are logged and change nothing", async ({ logs }) => {
    function clumsy(): void {
      throw new Error("hook is broken");
    }
    const calm = task(
      {
        name: "calm",
        onRunning: clumsy,
        onCompletion: [async () => Promise.reject(new Error("async too")), clumsy],
      },
      async () => "value",
    );
    expect(await flow({ name: "f" }, () => calm())()).toBe("value");
    const lines = (await logs()).filter(({ message }) => message.startsWith("A hook of a task threw"));
    expect(lines.map(({ message }) => /broken|async too/.exec(message)?.[0])).toEqual([
      "broken",
      "async too",
      "broken",
    ]);
    expect(lines[0]?.message).toContain("clumsy");
  });

  engineTest("may be asynchronous, and are waited for", async () => {
    const notes: string[] = [];
    const slow = task(
      {
        name: "slow",
        onCompletion: async () => {
          await turns(3);
          notes.push("hook");
        },
      },
      noop,
    );
    await flow({ name: "f" }, async () => {
      await slow(1);
      notes.push("flow");
    })();
    expect(notes).toEqual(["hook", "flow"]);
  });

  engineTest("are not called for a run that is cancelled or not ready", async () => {
    const { notes, hook } = noted();
    const controller = new AbortController();
    const waits = task(
      {
        name: "waits",
        signal: controller.signal,
        onCompletion: hook("completion"),
        onFailure: hook("failure"),
      },
      async (_?: unknown) => {
        controller.abort(new Error("stop"));
        await untilAborted(runContext().signal);
      },
    );
    await flow({ name: "f" }, async () => {
      const future = waits.submit();
      expect((await future.wait()).name).toBe("Cancelled");
      expect((await waits.submit(future).wait()).name).toBe("NotReady");
    })();
    expect(notes).toEqual([]);
  });

  engineTest("can call tasks and see their run", async ({ taskRun }) => {
    const notify = task({ name: "notify" }, async (text: string) => text);
    const load = task(
      {
        name: "load",
        onCompletion: async (_, run) => void (await notify(`${run.name} ${runContext().taskRun?.name}`)),
      },
      noop,
    );
    await flow({ name: "f" }, () => load(1))();
    expect((await taskRun("notify-0")).state_name).toBe("Completed");
  });
});

describe("durable", () => {
  engineTest("has the final state in history before the caller goes on", async ({ api }) => {
    const sure = task({ name: "sure", durable: true }, async (n: number) => n);
    const fails = task({ name: "fails", durable: true }, async (_?: number) => {
      throw new Error("no");
    });
    const states = async (): Promise<(string | null)[]> =>
      (await api.taskRuns.filter({ sort: "ID_DESC" })).map((run) => run.state_name).reverse();
    await flow({ name: "f" }, async () => {
      await sure(1);
      expect(await states()).toEqual(["Completed"]);
      await sure.submit(1);
      expect(await states()).toEqual(["Completed", "Completed"]);
      const failed = fails.submit();
      await failed.wait();
      await sure.returnState(failed as never);
      expect(await states()).toEqual(["Completed", "Completed", "Failed", "NotReady"]);
    })();
  });

  engineTest("is not so without it: history follows in batches", async ({ api }) => {
    const quick = task({ name: "quick" }, noop);
    await flow({ name: "f" }, async () => {
      await quick(1);
      expect(await api.taskRuns.count({})).toBe(0);
    })();
    expect(await api.taskRuns.count({})).toBe(1);
  });
});

describe("a task's signal option", () => {
  engineTest("cancels its runs", async ({ taskRun, stateNames }) => {
    const controller = new AbortController();
    const begun = deferred();
    const waits = task({ name: "waits", signal: controller.signal }, async () => {
      begun.resolve();
      await untilAborted(runContext().signal);
    });
    await flow({ name: "f" }, async () => {
      const future = waits.submit();
      await begun.promise;
      controller.abort(new Error("not needed any more"));
      const state = await future.wait();
      expect([state.name, state.message]).toEqual([
        "Cancelled",
        "Task run was cancelled: not needed any more",
      ]);
    })();
    expect(await stateNames(await taskRun("waits-0"))).toEqual(["Pending", "Running", "Cancelled"]);
  });

  engineTest("that was aborted before keeps them from beginning", async ({ taskRun }) => {
    let hasRun = false;
    const stopped = task({ name: "stopped", signal: AbortSignal.abort("no reason") }, async () => {
      hasRun = true;
    });
    await flow({ name: "f" }, async () => {
      expect((await stopped.returnState()).message).toBe("Task run was cancelled: no reason");
    })();
    expect([hasRun, (await taskRun("stopped-0")).run_count]).toEqual([false, 0]);
  });
});

describe("logPrints", () => {
  engineTest(
    "makes lines of console calls of the task's log, and of no other task's",
    async ({ logs, taskRun }) => {
      const prints = task({ name: "prints", logPrints: true }, async (what: string) => {
        // biome-ignore lint/suspicious/noConsole: printing is what is tested
        console.log("printed %s", what);
        await turns(1);
        // biome-ignore lint/suspicious/noConsole: printing is what is tested
        console.warn("warned");
      });
      await flow({ name: "f" }, async () => void (await Promise.all([prints("a"), prints("b")])))();
      const lines = (await logs()).filter(({ name }) => name === "sluice.task_runs");
      const first = await taskRun("prints-0");
      expect(
        lines.filter((line) => line.task_run_id === first.id).map(({ message, level }) => [message, level]),
      ).toEqual([
        ["printed a", 20],
        ["warned", 30],
      ]);
    },
  );
});
