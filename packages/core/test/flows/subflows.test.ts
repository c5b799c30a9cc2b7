import { describe, expect } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { ThreadPoolTaskRunner } from "../../src/task-runners/thread-pool-task-runner.ts";
import { task } from "../../src/tasks/task.ts";
import { deferred, engineTest } from "../engine-fixture.ts";
import { callsTwice } from "./subflow-tasks.ts";

const double = task({ name: "double" }, async (n: number) => n * 2);
const sub = flow({ name: "sub" }, async ({ n }: { n: number }) => double(n));
const broken = flow({ name: "broken" }, async (_: { n: number }): Promise<number> => {
  throw new RangeError("sub-flow failed");
});

describe("a flow in a flow", () => {
  engineTest(
    "is a child run with its own tasks, shown by a task run of the parent",
    async ({ flowRuns, taskRun, stateNames }) => {
      const parent = flow({ name: "parent" }, async () => sub({ n: 4 }));
      expect(await parent()).toBe(8);
      const [outer] = await flowRuns("parent");
      const [inner] = await flowRuns("sub");
      const tracking = await taskRun("sub-0");
      expect(inner?.parent_task_run_id).toBe(tracking.id);
      expect(tracking).toMatchObject({
        flow_run_id: outer?.id,
        task_key: "flow-sub",
        state_name: "Completed",
      });
      expect(tracking.state?.state_details.child_flow_run_id).toBe(inner?.id);
      expect([...new Set(await stateNames(tracking))]).toEqual(["Pending", "Running", "Completed"]);
      expect((await taskRun("double-0")).flow_run_id).toBe(inner?.id);
    },
  );

  engineTest("knows its parent and root", async ({ flowRuns }) => {
    const seen: unknown[] = [];
    const leaf = flow({ name: "leaf" }, () => {
      const { flowRun } = runContext();
      seen.push(flowRun?.parentFlowRunId, flowRun?.rootFlowRunId);
    });
    const middle = flow({ name: "middle" }, () => leaf());
    await flow({ name: "root" }, () => middle())();
    const [[root], [mid]] = [await flowRuns("root"), await flowRuns("middle")];
    expect(seen).toEqual([mid?.id, root?.id]);
  });

  engineTest(
    "runs in sequence and concurrently, each call a run of its own",
    async ({ flowRuns, taskRuns }) => {
      const gate = deferred();
      let waiting = 0;
      const meets = flow({ name: "meets" }, async ({ n }: { n: number }) => {
        waiting += 1;
        if (waiting === 3) gate.resolve();
        await gate.promise;
        return n;
      });
      const result = await flow({ name: "parent" }, async () => [
        await sub({ n: 1 }),
        await sub({ n: 2 }),
        ...(await Promise.all([meets({ n: 3 }), meets({ n: 4 }), meets({ n: 5 })])),
      ])();
      expect(result).toEqual([2, 4, 3, 4, 5]);
      expect(await flowRuns("sub")).toHaveLength(2);
      expect((await taskRuns("meets-")).map((run) => run.dynamic_key)).toEqual(["0", "1", "2"]);
      expect((await flowRuns("meets")).map((run) => run.parameters)).toEqual([{ n: 3 }, { n: 4 }, { n: 5 }]);
    },
  );

  engineTest("that fails rejects in the parent, which decides", async ({ flowRuns, taskRuns }) => {
    await expect(flow({ name: "parent" }, () => broken({ n: 1 }))()).rejects.toThrow("sub-flow failed");
    const calm = flow({ name: "calm" }, async () => (await broken.returnState({ n: 1 })).name);
    expect(await calm()).toBe("Failed");
    expect((await flowRuns("parent"))[0]?.state_name).toBe("Failed");
    expect((await taskRuns("broken-")).map((run) => run.state_name)).toEqual(["Failed", "Failed"]);
  });

  engineTest("takes futures as parameters and gives its value to tasks", async ({ taskRun }) => {
    const result = await flow({ name: "parent" }, async () => double(await sub({ n: double.submit(1) })))();
    expect(result).toBe(8);
    const tracking = await taskRun("sub-0");
    expect(tracking.task_inputs).toEqual({ n: [{ input_type: "task_run", id: expect.any(String) }] });
  });

  engineTest("does not run when a future among its parameters failed", async ({ flowRuns }) => {
    const fails = task({ name: "fails" }, async (): Promise<number> => {
      throw new Error("bang");
    });
    const state = await flow({ name: "parent" }, () => sub({ n: fails.submit() })).returnState();
    expect(state.message).toMatch(/Upstream task run fails-0/);
    expect((await flowRuns("sub"))[0]).toMatchObject({ state_name: "Failed", run_count: 0 });
  });

  engineTest("waits for the futures of its waitFor option", async () => {
    const order: string[] = [];
    const gate = deferred();
    const first = task({ name: "first" }, async () => {
      await gate.promise;
      order.push("first");
    });
    await flow({ name: "parent" }, async () => {
      const future = first.submit();
      const after = flow({ name: "after", waitFor: [future] }, () => void order.push("after"))();
      gate.resolve();
      await after;
    })();
    expect(order).toEqual(["first", "after"]);
  });

  engineTest("in a task is a child of the flow, with an edge to the task", async ({ flowRuns, taskRun }) => {
    const calls = task({ name: "calls" }, () => sub({ n: 3 }));
    expect(await flow({ name: "parent" }, () => calls.submit())()).toBe(6);
    const tracking = await taskRun("sub-0");
    const [parent] = await flowRuns("parent");
    expect(tracking.flow_run_id).toBe(parent?.id);
    expect(tracking.task_inputs["__parents__"]).toEqual([
      { input_type: "task_run", id: (await taskRun("calls-0")).id },
    ]);
  });

  engineTest("in a task outside a flow is a run of its own", async ({ flowRuns }) => {
    const calls = task({ name: "calls" }, () => sub({ n: 3 }));
    expect(await calls()).toBe(6);
    expect((await flowRuns("sub"))[0]?.parent_task_run_id).toBeNull();
  });

  engineTest(
    "in tasks of worker threads is a child run for each of them",
    async ({ flowRuns }) => {
      const taskRunner = new ThreadPoolTaskRunner({ limit: 2 });
      const parent = flow({ name: "parent", taskRunner }, () => callsTwice.map([1, 2, 3]));
      expect(await parent()).toEqual([2, 4, 6]);
      const children = await flowRuns("twice");
      expect(children.map((run) => [run.run_count, run.state_name])).toEqual(Array(3).fill([1, "Completed"]));
      expect(new Set(children.map((run) => run.parent_task_run_id)).size).toBe(3);
    },
    { timeoutMs: 30_000 },
  );

  engineTest(
    "is found again when the parent is retried: one child run, run again",
    async ({ flowRuns, taskRuns }) => {
      let attempts = 0;
      const steps = flow({ name: "steps" }, async ({ n }: { n: number }) => n + attempts);
      const parent = flow({ name: "parent", retries: 1 }, async () => {
        attempts += 1;
        const value = (await steps({ n: 10 })) + (await steps({ n: 20 }));
        if (attempts === 1) throw new Error("again");
        return value;
      });
      expect(await parent()).toBe(34);
      const children = await flowRuns("steps");
      expect(children.map((run) => [run.run_count, run.state_name])).toEqual([
        [2, "Completed"],
        [2, "Completed"],
      ]);
      expect(await taskRuns("steps-")).toHaveLength(2);
    },
  );

  engineTest(
    "that persisted its result is not run again when the parent is retried",
    async ({ flowRuns }) => {
      let attempts = 0;
      let calls = 0;
      const kept = flow({ name: "kept", persistResult: true }, () => {
        calls += 1;
        return new Map([["calls", calls]]);
      });
      const parent = flow({ name: "parent", retries: 1 }, async () => {
        attempts += 1;
        const value = await kept();
        if (attempts === 1) throw new Error("again");
        return value;
      });
      expect(await parent()).toEqual(new Map([["calls", 1]]));
      expect((await flowRuns("kept"))[0]?.run_count).toBe(1);
    },
  );

  engineTest("is retried by itself without its parent", async ({ flowRuns }) => {
    let attempts = 0;
    const flaky = flow({ name: "flaky", retries: 1 }, () => {
      attempts += 1;
      if (attempts === 1) throw new Error("again");
      return attempts;
    });
    expect(await flow({ name: "parent" }, () => flaky())()).toBe(2);
    expect((await flowRuns("parent"))[0]?.run_count).toBe(1);
    expect((await flowRuns("flaky"))[0]?.run_count).toBe(2);
  });

  engineTest("called in a loop many times stays quick", async ({ flowRuns }) => {
    const result = await flow({ name: "parent" }, async () => {
      let total = 0;
      for (let n = 0; n < 50; n += 1) total += await sub({ n });
      return total;
    })();
    expect(result).toBe(2450);
    expect((await flowRuns("sub")).length).toBe(50);
  });
});
