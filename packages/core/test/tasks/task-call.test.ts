import { isSluiceError } from "@sluice/protocol";
import { describe, expect } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { Cancelled, Completed, Failed, Running } from "../../src/states/state-factories.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest } from "../engine-fixture.ts";

const double = task({ name: "double" }, async (n: number) => n * 2);
const fails = task({ name: "fails" }, (): number => {
  throw new TypeError("bang");
});

describe("a direct call of a task", () => {
  engineTest("gives the value of an async function", async () => {
    expect(await flow({ name: "f" }, () => double(21))()).toBe(42);
  });

  engineTest("gives the value of a synchronous function as a promise", async () => {
    const sync = task({ name: "sync" }, (n: number) => n + 1);
    await flow({ name: "f" }, async () => {
      const promise = sync(1);
      expect(promise).toBeInstanceOf(Promise);
      expect(await promise).toBe(2);
    })();
  });

  engineTest("rejects with the very error that the function threw", async () => {
    const error = new TypeError("bang");
    const rethrown = task({ name: "rethrown" }, () => {
      throw error;
    });
    await flow({ name: "f" }, async () => {
      await expect(rethrown()).rejects.toBe(error);
    })();
  });

  engineTest("rejects with what is no Error too", async () => {
    const odd = task({ name: "odd" }, () => {
      throw "just text";
    });
    await flow({ name: "f" }, async () => {
      await expect(odd()).rejects.toBe("just text");
    })();
  });

  engineTest("leaves the decision about a failure to the flow", async () => {
    const result = await flow({ name: "f" }, async () => {
      try {
        return await fails();
      } catch {
        return -1;
      }
    })();
    expect(result).toBe(-1);
  });

  engineTest("can be made without options, named after the function", async ({ taskRun }) => {
    async function load_trips(): Promise<string> {
      return "trips";
    }
    const load = task(load_trips);
    expect(load.name).toBe("load-trips");
    expect(await flow({ name: "f" }, () => load())()).toBe("trips");
    expect((await taskRun("load-trips-0")).state_name).toBe("Completed");
  });

  engineTest("works outside a flow: a task run without a flow run", async ({ taskRun, stateNames }) => {
    expect(await double(4)).toBe(8);
    const run = await taskRun("double-");
    expect(run.flow_run_id).toBeNull();
    expect(run.flow_run_run_count).toBe(0);
    expect(await stateNames(run)).toEqual(["Pending", "Running", "Completed"]);
  });

  engineTest("outside a flow rejects as the function did", async ({ taskRun }) => {
    await expect(fails()).rejects.toThrow("bang");
    const run = await taskRun("fails-");
    expect(run.state?.message).toBe("Task run encountered an exception: TypeError: bang");
  });

  engineTest("gets awaited futures as values", async () => {
    const result = await flow({ name: "f" }, async () => double(double.submit(5)))();
    expect(result).toBe(20);
  });

  engineTest("of the plain function records nothing", async ({ taskRuns }) => {
    expect(await double.fn(3)).toBe(6);
    expect(await taskRuns()).toEqual([]);
  });
});

describe("returnState", () => {
  engineTest("gives the final state of a completed run with its value", async () => {
    await flow({ name: "f" }, async () => {
      const state = await double.returnState(2);
      expect(state.isCompleted()).toBe(true);
      expect(await state.result()).toBe(4);
    })();
  });

  engineTest("gives the final state of a failed run with its error", async () => {
    const state = await flow({ name: "f" }, async () => {
      const failed = await fails.returnState();
      expect(failed.name).toBe("Failed");
      expect(failed.message).toBe("Task run encountered an exception: TypeError: bang");
      expect(await failed.result({ raiseOnFailure: false })).toBeInstanceOf(TypeError);
      await expect(failed.result()).rejects.toThrow("bang");
    }).returnState();
    expect(state.isCompleted()).toBe(true);
  });
});

describe("a task that returns a state", () => {
  engineTest("ends in it", async ({ taskRun, stateNames }) => {
    const skipped = task({ name: "skipped" }, () =>
      Completed({ name: "Skipped", message: "nothing new", data: 7 }),
    );
    await flow({ name: "f" }, async () => {
      const state = await skipped.returnState();
      expect([state.name, state.message, await state.result()]).toEqual(["Skipped", "nothing new", 7]);
    })();
    expect(await stateNames(await taskRun("skipped-0"))).toEqual(["Pending", "Running", "Skipped"]);
  });

  engineTest("fails its caller when it is Failed or Cancelled", async () => {
    const failed = task({ name: "failed" }, () => Failed({ message: "no rows" }));
    const cancelled = task({ name: "cancelled" }, () => Cancelled({ message: "not today" }));
    await flow({ name: "f" }, async () => {
      await expect(failed()).rejects.toSatisfy((error) => isSluiceError(error, "FAILED_RUN"));
      await expect(failed()).rejects.toThrow("no rows");
      await expect(cancelled()).rejects.toSatisfy((error) => isSluiceError(error, "CANCELLED_RUN"));
    })();
  });

  engineTest("that is not final fails, and is told what to return", async () => {
    const running = task({ name: "running" }, () => Running());
    await flow({ name: "f" }, async () => {
      const state = await running.returnState();
      expect(state.type).toBe("FAILED");
      expect(state.message).toContain("Return Completed(), Failed() or another final state.");
    })();
  });
});

describe("a task in a task", () => {
  const inner = task({ name: "inner" }, async (n: number) => n + 1);
  const outer = task({ name: "outer" }, async (n: number) => (await inner(n)) + (await inner(n)));

  engineTest("is a run of its own with an edge to the outer one", async ({ taskRun, taskRuns }) => {
    expect(await flow({ name: "f" }, () => outer(1))()).toBe(4);
    const parent = await taskRun("outer-0");
    const children = await taskRuns("inner-");
    expect(children.map((run) => run.name)).toEqual(["inner-0", "inner-1"]);
    for (const child of children) {
      expect(child.task_inputs["__parents__"]).toEqual([{ input_type: "task_run", id: parent.id }]);
      expect(child.flow_run_id).toBe(parent.flow_run_id);
    }
  });

  engineTest("works outside a flow too", async ({ taskRuns }) => {
    expect(await outer(1)).toBe(4);
    expect((await taskRuns()).every((run) => run.flow_run_id === null)).toBe(true);
  });

  engineTest("sees its own run in its context", async () => {
    const seen: (string | undefined)[] = [];
    const child = task({ name: "child" }, () => void seen.push(runContext().taskRun?.name));
    const parent = task({ name: "parent" }, async () => {
      await child();
      seen.push(runContext().taskRun?.name);
    });
    await flow({ name: "f" }, () => parent())();
    expect(seen).toEqual(["child-0", "parent-0"]);
  });
});

describe("the name of a task", () => {
  engineTest("may not stand for two different tasks in one flow", async () => {
    const one = task({ name: "load" }, async () => 1);
    const two = task({ name: "load" }, async (n: number) => n);
    await flow({ name: "f" }, async () => {
      await one();
      await expect(two(1)).rejects.toSatisfy((error) => isSluiceError(error, "DUPLICATE_TASK_NAME"));
      await expect(two(1)).rejects.toThrow(
        /"load".*task-call\.test\.ts:\d+.*task-call\.test\.ts:\d+.*another name/,
      );
      await expect(two.submit(1)).rejects.toThrow(/Two different tasks are named "load"/);
      const states = await two.map([1, 2, 3]).wait();
      expect(states.map((state) => state.type)).toEqual(["FAILED", "FAILED", "FAILED"]);
    })();
  });

  engineTest("may stand for one definition made twice, as by a function called twice", async () => {
    const make = (): (() => Promise<number>) => task({ name: "made" }, async () => 1);
    await flow({ name: "f" }, async () => {
      await make()();
      await make()();
    })();
  });

  engineTest("may be used by different tasks of different flows", async () => {
    const one = task({ name: "load" }, async () => 1);
    const two = task({ name: "load" }, async () => 2);
    expect(await flow({ name: "a" }, () => one())()).toBe(1);
    expect(await flow({ name: "b" }, () => two())()).toBe(2);
  });

  engineTest(
    "of ten thousand mapped runs of a second definition fails them without a stack overflow",
    async () => {
      const one = task({ name: "load" }, async (n: number) => n);
      const two = task({ name: "load" }, async (n: number) => n + 1);
      await flow({ name: "f" }, async () => {
        await one(1);
        const states = await two.map(Array.from({ length: 10_000 }, (_, n) => n)).wait();
        expect(states.every((state) => state.isFailed())).toBe(true);
      })();
    },
  );
});
