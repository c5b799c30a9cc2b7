import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { flow, isFlow } from "../../src/flows/flow.ts";
import type { FlowHook, FlowOptions } from "../../src/flows/flow-options.ts";
import { runFlow } from "../../src/flows/run-flow-call.ts";
import { runContext, runtime } from "../../src/runtime/run-context.ts";
import { runLogger } from "../../src/runtime/run-logger.ts";
import type { RunProgress } from "../../src/runtime/run-progress.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest, never, turns, untilAborted } from "../engine-fixture.ts";

const double = task({ name: "double" }, async (n: number) => n * 2);

describe("a flow", () => {
  engineTest("gives the value of its function, asynchronous or not", async () => {
    expect(await flow({ name: "f" }, async () => "async")()).toBe("async");
    expect(await flow({ name: "f" }, () => "sync")()).toBe("sync");
    expect(await flow({ name: "f" }, () => undefined)()).toBeUndefined();
  });

  engineTest("rejects with the very error that its function threw", async () => {
    const error = new RangeError("out of range");
    const fails = flow({ name: "f" }, async () => {
      throw error;
    });
    await expect(fails()).rejects.toBe(error);
    const sync = flow({ name: "f" }, () => {
      throw error;
    });
    await expect(sync()).rejects.toBe(error);
  });

  engineTest(
    "is named after its function unless it says, and its runs have names of their own",
    async ({ flowRuns }) => {
      async function nightly_report(): Promise<void> {}
      const report = flow(nightly_report);
      expect(report.name).toBe("nightly-report");
      await report();
      await report();
      const runs = await flowRuns("nightly-report");
      expect(runs).toHaveLength(2);
      for (const run of runs) expect(run.name).toMatch(/^[a-z]+-[a-z]+$/);
    },
  );

  engineTest("has the hash of its file as its version unless it says", async ({ flowRuns }) => {
    const hash = createHash("sha256")
      .update(readFileSync(fileURLToPath(import.meta.url)))
      .digest("hex")
      .slice(0, 8);
    const plain = flow({ name: "plain" }, () => 1);
    const versioned = flow({ name: "versioned", version: "2.1" }, () => 1);
    expect([plain.version, versioned.version]).toEqual([hash, "2.1"]);
    await plain();
    expect((await flowRuns("plain"))[0]?.flow_version).toBe(hash);
  });

  engineTest(
    "goes through Pending, Running and Completed, with times and counts",
    async ({ flowRuns, stateNames }) => {
      await flow({ name: "f", tags: ["nightly"] }, () => turns(2))();
      const [run] = await flowRuns("f");
      if (run === undefined) throw new Error("no run");
      expect(await stateNames(run)).toEqual(["Pending", "Running", "Completed"]);
      expect(run).toMatchObject({ run_count: 1, tags: ["nightly"], state_type: "COMPLETED" });
      expect(run.total_run_time).toBeGreaterThan(0);
      expect(Date.parse(run.end_time ?? "")).toBeGreaterThanOrEqual(Date.parse(run.start_time ?? ""));
    },
  );

  engineTest("is one flow in history for all its runs", async ({ api }) => {
    await Promise.all([1, 2, 3].map(() => flow({ name: "one" }, () => 1)()));
    expect(await api.flows.count({ flows: { name: { any_: ["one"] } } })).toBe(1);
  });

  it("is told from other functions", () => {
    expect(isFlow(flow({ name: "f" }, () => 1))).toBe(true);
    expect(isFlow(() => 1)).toBe(false);
    expect(isFlow(undefined)).toBe(false);
  });
});

describe("many flows at a time in one process", () => {
  engineTest(
    "do not mix: each has its tasks, its context and its logs",
    async ({ flowRuns, taskRuns, logs }) => {
      const seen = task({ name: "seen" }, async (n: number) => {
        await turns(2);
        runLogger().info(`task of ${n}`);
        return runContext().flowRun?.parameters["n"] === n;
      });
      const each = flow({ name: "each" }, async ({ n }: { n: number }) => {
        const checks = await seen.map([n, n, n]);
        return checks.every(Boolean) && (await seen(n)) && runContext().flowRun?.parameters["n"] === n;
      });
      const results = await Promise.all(Array.from({ length: 25 }, (_, n) => each({ n })));
      expect(results).toEqual(Array(25).fill(true));
      const runs = await flowRuns("each");
      const tasks = await taskRuns("seen-");
      const lines = (await logs()).filter(({ message }) => message.startsWith("task of"));
      for (const run of runs) {
        expect(tasks.filter((one) => one.flow_run_id === run.id)).toHaveLength(4);
        const own = lines.filter((line) => line.flow_run_id === run.id);
        expect(new Set(own.map(({ message }) => message))).toEqual(
          new Set([`task of ${run.parameters["n"]}`]),
        );
      }
    },
  );
});

describe("returnState", () => {
  engineTest("gives the final state, of a failure too", async () => {
    const state = await flow({ name: "f" }, () => 5).returnState();
    expect([state.name, await state.result()]).toEqual(["Completed", 5]);
    const failed = await flow({ name: "f" }, () => {
      throw new TypeError("bang");
    }).returnState();
    expect([failed.name, failed.message]).toEqual([
      "Failed",
      "Flow run encountered an exception: TypeError: bang",
    ]);
    await expect(failed.result()).rejects.toThrow("bang");
  });
});

describe("wrong options of a flow", () => {
  const wrong: [option: string, value: unknown, mustBe: string][] = [
    ["name", "a/b", "a non-empty string without / % & > <"],
    ["name", "", "a non-empty string without / % & > <"],
    ["retries", -1, "a whole number ≥ 0"],
    ["retryDelaySeconds", [1], "a number of seconds ≥ 0"],
    ["retryDelaySeconds", -1, "a number of seconds ≥ 0"],
    ["timeoutSeconds", 0, "a number of seconds > 0"],
    ["parameters", {}, "a zod object or another Standard Schema"],
    ["validateParameters", "no", "true or false"],
    ["taskRunner", {}, "a TaskRunner"],
    ["onCrashed", "hook", "a function or a list of functions"],
    ["signal", new AbortController(), "an AbortSignal"],
    ["waitFor", 1, "a list of futures"],
  ];
  for (const [option, value, mustBe] of wrong) {
    it(`are refused where the flow is defined: ${option} ${JSON.stringify(value)}`, () => {
      const options = { name: "f", [option]: value } as FlowOptions<undefined>;
      expect(() => flow(options, () => 1)).toThrow(`option ${option} must be ${mustBe}, not `);
      expect(() => flow({ name: "f" }, () => 1).withOptions(options)).toThrow(
        `option ${option} must be ${mustBe}`,
      );
    });
  }

  it("are refused with the name that was probably meant, as are missing names and functions", () => {
    expect(() => flow({ name: "f", retrys: 1 } as FlowOptions<undefined>, () => 1)).toThrow(
      'Flow "f" has no option "retrys". Did you mean retries?',
    );
    expect(() => flow(() => 1)).toThrow(/A flow made of a function without a name needs the option name/);
    expect(() => flow({ name: "f" }, 5 as never)).toThrow(
      "flow(options, fn) needs a function as its last argument.",
    );
  });
});

describe("withOptions", () => {
  engineTest("gives another flow with the other options, and leaves this one alone", async ({ flowRuns }) => {
    const report = flow({ name: "report", tags: ["a"], description: "Reports" }, () => 1);
    const other = report.withOptions({ name: "other", tags: ["b"], retries: 2 });
    expect([report.name, other.name, other.description, other.version]).toEqual([
      "report",
      "other",
      "Reports",
      report.version,
    ]);
    await report();
    await other();
    expect((await flowRuns("report"))[0]).toMatchObject({ tags: ["a"], empirical_policy: { retries: 0 } });
    expect((await flowRuns("other"))[0]).toMatchObject({ tags: ["b"], empirical_policy: { retries: 2 } });
  });
});

describe("flowRunName", () => {
  engineTest("is a template over the parameters", async ({ flowRuns }) => {
    const report = flow(
      { name: "report", flowRunName: "report-{day}-{where.city}" },
      (_: { day: number; where: { city: string } }) => runContext().flowRun?.name,
    );
    expect(await report({ day: 3, where: { city: "Paris" } })).toBe("report-3-Paris");
    expect((await flowRuns("report"))[0]?.name).toBe("report-3-Paris");
  });

  engineTest("is a function of flow and parameters", async ({ flowRuns }) => {
    const report = flow(
      { name: "report", flowRunName: ({ flow: info, parameters }) => `${info.name} of ${parameters["day"]}` },
      (_: { day: number }) => 1,
    );
    await report({ day: 3 });
    expect((await flowRuns("report"))[0]?.name).toBe("report of 3");
  });

  engineTest(
    "that cannot be made fails the run before its function is called",
    async ({ flowRuns, stateNames }) => {
      let calls = 0;
      const count = (_: { day: number }): number => (calls += 1);
      const names: FlowOptions["flowRunName"][] = [
        "report-{dya}",
        () => {
          throw new Error("nameless");
        },
        () => "" as never,
      ];
      const messages: (string | undefined)[] = [];
      for (const flowRunName of names) {
        messages.push((await flow({ name: "report", flowRunName }, count).returnState({ day: 3 })).message);
      }
      expect(messages[0]).toContain('"report-{dya}" uses {dya}, but the parameters are: day.');
      expect(messages[1]).toBe("The flow run could not be named: Error: nameless");
      expect(messages[2]).toContain("flowRunName must give a non-empty string, not string");
      expect(calls).toBe(0);
      for (const run of await flowRuns("report"))
        expect(await stateNames(run)).toEqual(["Pending", "Failed"]);
    },
  );
});

describe("retries of a flow", () => {
  engineTest(
    "go through orchestration and run the function again",
    async ({ flowRuns, stateNames, taskRuns }) => {
      const attempts: (number | undefined)[] = [];
      const flaky = flow({ name: "flaky", retries: 2 }, async () => {
        attempts.push(runContext().flowRun?.runCount);
        await double(1);
        if (attempts.length < 3) throw new Error("again");
        return "done";
      });
      expect(await flaky()).toBe("done");
      expect(attempts).toEqual([1, 2, 3]);
      const [run] = await flowRuns("flaky");
      if (run === undefined) throw new Error("no run");
      expect(await stateNames(run)).toEqual([
        "Pending",
        "Running",
        "AwaitingRetry",
        "Running",
        "AwaitingRetry",
        "Running",
        "Completed",
      ]);
      expect(run.run_count).toBe(3);
      const tasks = await taskRuns("double-");
      expect(tasks.map((each) => [each.name, each.flow_run_run_count])).toEqual([
        ["double-0", 1],
        ["double-2.0", 2],
        ["double-3.0", 3],
      ]);
    },
  );

  engineTest("end with the last error when none is left", async ({ flowRuns }) => {
    let attempts = 0;
    const hopeless = flow({ name: "hopeless", retries: 1 }, () => {
      attempts += 1;
      throw new Error(`failure ${attempts}`);
    });
    await expect(hopeless()).rejects.toThrow("failure 2");
    expect((await flowRuns("hopeless"))[0]?.run_count).toBe(2);
  });

  engineTest("wait for the delay", async ({ flowRuns, api }) => {
    let attempts = 0;
    const flaky = flow({ name: "flaky", retries: 1, retryDelaySeconds: 0.05 }, () => {
      attempts += 1;
      if (attempts === 1) throw new Error("again");
    });
    await flaky();
    const [run] = await flowRuns("flaky");
    const states = await api.flowRuns.states(run?.id ?? "");
    const [, , waiting, running] = states;
    expect(Date.parse(running?.timestamp ?? "")).toBeGreaterThanOrEqual(
      Date.parse(waiting?.state_details.scheduled_time ?? "") - 2,
    );
  });

  engineTest("call onFailure and onCompletion at the end only", async () => {
    const notes: string[] = [];
    let attempts = 0;
    const flaky = flow(
      {
        name: "flaky",
        retries: 1,
        onFailure: () => void notes.push("failure"),
        onCompletion: () => void notes.push("completion"),
        onRunning: () => void notes.push("running"),
      },
      () => {
        attempts += 1;
        if (attempts === 1) throw new Error("again");
      },
    );
    await flaky();
    expect(notes).toEqual(["running", "running", "completion"]);
  });

  engineTest(
    "come from the settings when the flow says nothing",
    async ({ flowRuns }) => {
      await flow({ name: "f" }, () => {
        throw new Error("no");
      }).returnState();
      expect((await flowRuns("f"))[0]?.run_count).toBe(2);
    },
    { settings: { "flows.default_retries": 1 } },
  );
});

describe("a flow's timeout", () => {
  engineTest(
    "ends the run: Failed, named TimedOut; its tasks are cancelled",
    async ({ flowRuns, taskRun }) => {
      const waits = task({ name: "waits" }, () => untilAborted(runContext().signal));
      const slow = flow({ name: "slow", timeoutSeconds: 0.03 }, () => waits());
      const state = await slow.returnState();
      expect([state.type, state.name]).toEqual(["FAILED", "TimedOut"]);
      expect(state.message).toMatch(/^Run [a-z]+-[a-z]+ exceeded its timeout of 0.03 second\(s\)\.$/);
      expect((await flowRuns("slow"))[0]?.state_name).toBe("TimedOut");
      expect((await taskRun("waits-0")).state_name).toBe("Cancelled");
    },
  );

  engineTest("aborts the flow's signal", async () => {
    const reasons: unknown[] = [];
    await flow({ name: "slow", timeoutSeconds: 0.01 }, () =>
      untilAborted(runContext().signal).catch((reason: unknown) => reasons.push(reason)),
    ).returnState();
    expect(reasons).toEqual([expect.objectContaining({ code: "TIMED_OUT" })]);
  });

  engineTest("is retried, each attempt with its own time and signal", async ({ flowRuns }) => {
    const signals: AbortSignal[] = [];
    const slow = flow(
      { name: "slow", timeoutSeconds: 0.03, retries: 1, retryDelaySeconds: 0.01 },
      async () => {
        signals.push(runContext().signal);
        if (signals.length === 1) await never();
        return "made it";
      },
    );
    expect(await slow()).toBe("made it");
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect((await flowRuns("slow"))[0]?.run_count).toBe(2);
  });

  engineTest("does not touch a flow that is in time, however long the timeout", async () => {
    for (const timeoutSeconds of [60, 1e9, Number.POSITIVE_INFINITY]) {
      expect(await flow({ name: "f", timeoutSeconds }, () => turns(2).then(() => "done"))()).toBe("done");
    }
  });
});

describe("hooks of a flow", () => {
  function noting(
    notes: string[],
  ): Pick<
    FlowOptions<undefined>,
    "onRunning" | "onCompletion" | "onFailure" | "onCancellation" | "onCrashed"
  > {
    const hook =
      (label: string): FlowHook =>
      (info, run, state) =>
        void notes.push(`${label} ${info.name} ${state.name} ${run.flowName}`);
    return {
      onRunning: hook("running"),
      onCompletion: [hook("one"), hook("two")],
      onFailure: hook("failure"),
      onCancellation: hook("cancellation"),
      onCrashed: hook("crashed"),
    };
  }

  engineTest("are called for the state the run is in", async () => {
    const notes: string[] = [];
    const hooks = noting(notes);
    await flow({ ...hooks, name: "good" }, () => 1)();
    await flow({ ...hooks, name: "bad" }, () => Promise.reject(new Error("no"))).returnState();
    const controller = new AbortController();
    await flow({ ...hooks, name: "stopped", signal: controller.signal }, () => {
      controller.abort(new Error("enough"));
      return untilAborted(runContext().signal);
    }).returnState();
    expect(notes).toEqual([
      "running good Running good",
      "one good Completed good",
      "two good Completed good",
      "running bad Running bad",
      "failure bad Failed bad",
      "running stopped Running stopped",
      "cancellation stopped Cancelled stopped",
    ]);
  });

  engineTest("are called for runs that never began", async () => {
    const notes: string[] = [];
    await flow(
      { ...noting(notes), name: "stopped", signal: AbortSignal.abort(new Error("before")) },
      () => 1,
    ).returnState();
    expect(notes).toEqual(["cancellation stopped Cancelled stopped"]);
  });

  engineTest("that throw are logged and change nothing", async ({ logs }) => {
    function clumsy(): void {
      throw new Error("hook is broken");
    }
    const calm = flow(
      { name: "calm", onRunning: clumsy, onCompletion: [clumsy, async () => clumsy()] },
      () => "value",
    );
    expect(await calm()).toBe("value");
    const lines = (await logs()).filter(({ message }) => message.startsWith("A hook of a flow threw"));
    expect(lines).toHaveLength(3);
    expect(lines[0]?.message).toContain("clumsy");
    expect(lines[0]?.message).toContain("hook is broken");
  });

  engineTest("of a failed or cancelled run can call, submit and map tasks", async ({ taskRuns }) => {
    const notify = task({ name: "notify" }, async (n: number) => n);
    const hook: FlowHook = async () => {
      await notify(1);
      await notify.submit(2);
      await notify.map([3]);
      await notify.map(new Set([4]));
    };
    await flow({ name: "failed", onFailure: hook }, () => Promise.reject(new Error("no"))).returnState();
    await flow(
      { name: "stopped", onCancellation: hook, signal: AbortSignal.abort(new Error("x")) },
      () => 1,
    ).returnState();
    expect((await taskRuns("notify-")).map((run) => run.state_name)).toEqual(Array(8).fill("Completed"));
  });
});

describe("the context", () => {
  engineTest("tells the flow's function of its run", async ({ flowRuns }) => {
    const seen = await flow({ name: "f", version: "7", tags: ["t"] }, (_: { day: number }) => {
      const { flowRun, taskRun, tags } = runContext();
      return { ...flowRun, taskRun, ambient: tags, same: runtime.flowRun?.id, task: runtime.taskRun };
    })({ day: 3 });
    const [run] = await flowRuns("f");
    expect(seen).toMatchObject({
      id: run?.id,
      name: run?.name,
      flowName: "f",
      flowVersion: "7",
      parameters: { day: 3 },
      tags: ["t"],
      ambient: ["t"],
      runCount: 1,
      parentFlowRunId: undefined,
      rootFlowRunId: run?.id,
      deploymentId: undefined,
      taskRun: undefined,
      same: run?.id,
      task: undefined,
    });
  });

  engineTest("tells a task of both its runs and its parameters", async ({ taskRun }) => {
    const probe = task({ name: "probe", tags: ["p"] }, (n: number) => {
      const { flowRun, taskRun: run } = runContext();
      return {
        flow: flowRun?.flowName,
        id: run?.id,
        name: run?.name,
        task: run?.taskName,
        tags: run?.tags,
        n: run?.parameters["n"],
        given: n,
      };
    });
    const seen = await flow({ name: "f" }, () => probe(5))();
    expect(seen).toEqual({
      flow: "f",
      id: (await taskRun("probe-0")).id,
      name: "probe-0",
      task: "probe",
      tags: ["p"],
      n: 5,
      given: 5,
    });
  });

  it("is missing outside runs, and the error says what to do", () => {
    expect(() => runContext()).toThrow(
      /runContext\(\) was called outside a flow run and a task run\. Call it from a function/,
    );
    expect(() => runLogger()).toThrow(expect.objectContaining({ code: "MISSING_CONTEXT" }));
    expect(runtime.flowRun).toBeUndefined();
    expect(runtime.taskRun).toBeUndefined();
  });
});

describe("logs", () => {
  engineTest("of flow and tasks are in history under their runs", async ({ logs, flowRuns, taskRun }) => {
    const says = task({ name: "says" }, () => runLogger().warn("from the task", { n: 1 }));
    await flow({ name: "f" }, async () => {
      runLogger().info("from the flow");
      runLogger().debug("not kept");
      await says();
    })();
    const lines = (await logs()).filter(({ message }) => message.startsWith("from"));
    const [run] = await flowRuns("f");
    expect(
      lines.map((line) => [line.message.split(" ").slice(0, 3).join(" "), line.level, line.name]),
    ).toEqual([
      ["from the flow", 20, "sluice.flow_runs"],
      ["from the task", 30, "sluice.task_runs"],
    ]);
    expect(lines.map((line) => [line.flow_run_id, line.task_run_id])).toEqual([
      [run?.id, null],
      [run?.id, (await taskRun("says-0")).id],
    ]);
  });

  engineTest("have the engine's lines about beginning and end", async ({ logs }) => {
    await flow({ name: "f" }, () => 1)();
    await flow({ name: "g" }, () => Promise.reject(new Error("no"))).returnState();
    const lines = (await logs()).filter(({ name }) => name === "sluice.engine");
    expect(lines.map((line) => [/^Flow run [a-z]+/.exec(line.message)?.[0], line.level])).toEqual([
      ["Flow run began", 20],
      ["Flow run ended", 20],
      ["Flow run began", 20],
      ["Flow run ended", 40],
    ]);
  });

  engineTest(
    "take console calls with logPrints, in its tasks too, unless these say otherwise",
    async ({ logs }) => {
      const print = (text: string): void => {
        // biome-ignore lint/suspicious/noConsole: printing is what is tested
        console.log(text);
      };
      const prints = task({ name: "prints" }, () => print("by a task"));
      const sub = flow({ name: "sub" }, () => print("by a sub-flow"));
      await flow({ name: "f", logPrints: true }, async () => {
        print("by the flow");
        await prints();
        await prints.withOptions({ name: "silent", logPrints: false })();
        await sub();
      })();
      const lines = (await logs()).filter(({ message }) => message.startsWith("by "));
      expect(lines.map(({ message }) => message)).toEqual(["by the flow", "by a task", "by a sub-flow"]);
    },
  );
});

describe("runFlow", () => {
  engineTest("gives the final state and tells of the run as soon as it exists", async () => {
    let begun: { id: string; name: string; progress: RunProgress } | undefined;
    const state = await runFlow(
      flow({ name: "f" }, async ({ n }: { n: number }) => {
        expect(begun?.id).toBe(runContext().flowRun?.id);
        await double.map([n, n]);
        return n;
      }),
      { parameters: { n: 3 }, onBegin: (run) => (begun = run) },
    );
    expect(await state.result()).toBe(3);
    expect(begun?.progress.byStateName()).toEqual({ Completed: 2 });
    expect(begun?.progress.total).toBe(2);
  });

  engineTest("runs an existing run again, with its recorded parameters", async ({ flowRuns, api }) => {
    let fails = true;
    const report = flow({ name: "report" }, ({ day }: { day: number }) => {
      if (fails) throw new Error("not yet");
      return day;
    });
    await runFlow(report, { parameters: { day: 4 } });
    fails = false;
    const [run] = await flowRuns("report");
    const state = await runFlow(report, { flowRunId: run?.id });
    expect(await state.result()).toBe(4);
    const [again] = await flowRuns("report");
    expect([again?.id, again?.run_count, again?.state_name]).toEqual([run?.id, 2, "Completed"]);
    expect(await api.flowRuns.count({})).toBe(1);
  });

  engineTest("of a run that does not exist rejects", async () => {
    const id = "01a00000-0000-7000-8000-000000000000";
    await expect(
      runFlow(
        flow({ name: "f" }, () => 1),
        { flowRunId: id },
      ),
    ).rejects.toThrow(`There is no flow run ${id}.`);
  });

  it("needs a flow", () => {
    expect(() => runFlow((() => 1) as never)).toThrow("runFlow() needs a flow, made with flow(options, fn).");
  });
});
