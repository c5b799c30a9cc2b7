import { AsyncLocalStorage } from "node:async_hooks";
import { isSluiceError } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { type FlowResult, flow } from "../../src/flows/flow.ts";
import { allowFailure, quote } from "../../src/futures/annotations.ts";
import { TaskFuture } from "../../src/futures/task-future.ts";
import { ConcurrentTaskRunner, SequentialTaskRunner } from "../../src/task-runners/concurrent-task-runner.ts";
import { task } from "../../src/tasks/task.ts";
import { deferred, engineTest, turns } from "../engine-fixture.ts";

const double = task({ name: "double" }, async (n: number) => n * 2);
const add = task({ name: "add" }, async (a: number, b: number) => a + b);
const fails = task({ name: "fails" }, async (): Promise<number> => {
  throw new TypeError("bang");
});
const shown = task({ name: "shown" }, async (value: unknown) => value);

/** Runs `work` as a flow with this limit. */
function inFlow<T>(work: () => Promise<T>, limit?: number): Promise<FlowResult<Awaited<T>>> {
  return flow({ name: "f", taskRunner: new ConcurrentTaskRunner({ limit }) }, work)();
}

describe("submit", () => {
  engineTest("gives a future at once, with the id that the run has in history", async ({ taskRun }) => {
    const id = await inFlow(async () => {
      const future = double.submit(4);
      expect(future).toBeInstanceOf(TaskFuture);
      expect(future.state.name).toBe("Pending");
      expect(future.taskRunName).toBe("double-0");
      expect(await future).toBe(8);
      expect(future.state.isCompleted()).toBe(true);
      return future.taskRunId;
    });
    expect((await taskRun("double-0")).id).toBe(id);
  });

  it("outside a flow is refused with the remedy", () => {
    expect(() => double.submit(1)).toThrow(/submit\(\) of task "double".*flow/);
    expect(() => double.submit(1)).toThrow(expect.objectContaining({ code: "MISSING_CONTEXT" }));
  });

  engineTest("in a task outside a flow is refused with the remedy", async () => {
    const outer = task({ name: "outer" }, async () => double.submit(1));
    await expect(outer()).rejects.toThrow(/submit\(\) of task "double" .*flow run/);
  });

  engineTest("runs as many tasks at a time as the limit says, and no more", async () => {
    let running = 0;
    let most = 0;
    const busy = task({ name: "busy" }, async () => {
      running += 1;
      most = Math.max(most, running);
      await turns(2);
      running -= 1;
    });
    for (const limit of [1, 3, 7]) {
      most = 0;
      await inFlow(
        async () => void (await Promise.all(Array.from({ length: 20 }, () => busy.submit()))),
        limit,
      );
      expect(most).toBe(limit);
    }
  });

  engineTest(
    "uses the setting tasks.concurrency_limit when the task runner says nothing",
    async () => {
      let running = 0;
      let most = 0;
      const busy = task({ name: "busy" }, async () => {
        running += 1;
        most = Math.max(most, running);
        await turns(2);
        running -= 1;
      });
      await flow(
        { name: "f" },
        async () => void (await Promise.all(Array.from({ length: 9 }, () => busy.submit()))),
      )();
      expect(most).toBe(4);
    },
    { settings: { "tasks.concurrency_limit": 4 } },
  );

  engineTest("in sequence runs them in the order they were submitted", async () => {
    const order: number[] = [];
    const note = task({ name: "note" }, async (n: number) => {
      await turns(1);
      order.push(n);
    });
    await flow({ name: "f", taskRunner: new SequentialTaskRunner() }, async () => {
      for (let n = 0; n < 5; n += 1) note.submit(n);
    })();
    expect(order).toEqual([0, 1, 2, 3, 4]);
  });

  engineTest("is waited for by the flow although nobody awaits it", async () => {
    let ended = false;
    const slow = task({ name: "slow" }, async () => {
      await turns(5);
      ended = true;
    });
    await inFlow(async () => void slow.submit());
    expect(ended).toBe(true);
  });
});

describe("a limit", () => {
  it("that is no whole number of at least 1 is refused", () => {
    for (const limit of [0, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
      expect(() => new ConcurrentTaskRunner({ limit })).toThrow(
        `A task runner's limit must be a whole number of at least 1, or Infinity, not ${limit}.`,
      );
    }
  });

  it("may be Infinity", () => {
    expect(new ConcurrentTaskRunner({ limit: Number.POSITIVE_INFINITY }).limit).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

describe("futures among arguments", () => {
  engineTest("are replaced by their values at any depth of arrays, objects, maps and sets", async () => {
    await inFlow(async () => {
      const two = double.submit(1);
      const given = {
        list: [two, [two, 1]],
        map: new Map([["key", two]]),
        set: new Set([two]),
        bare: Object.assign(Object.create(null), { two }),
        nested: { deep: [{ two }] },
        plain: "text",
      };
      const got = await shown.submit(given as never);
      expect(got).toEqual({
        list: [2, [2, 1]],
        map: new Map([["key", 2]]),
        set: new Set([2]),
        bare: { two: 2 },
        nested: { deep: [{ two: 2 }] },
        plain: "text",
      });
    });
  });

  engineTest("leave containers without futures the same objects", async () => {
    await inFlow(async () => {
      const future = double.submit(1);
      const plain = { rows: [1, 2, 3] };
      const got = (await shown([plain, future] as never)) as unknown[];
      expect(got[0]).toBe(plain);
      expect(await shown.submit(plain)).toBe(plain);
    });
  });

  engineTest("in objects that refer to themselves are found", async () => {
    await inFlow(async () => {
      const cyclic: Record<string, unknown> = { future: double.submit(1) };
      cyclic["self"] = cyclic;
      const got = (await shown.submit(cyclic as never)) as Record<string, unknown>;
      expect(got["future"]).toBe(2);
      expect(got["self"]).toBe(got);
    });
  });

  engineTest("inside class instances stay as they are", async () => {
    class Box {
      readonly content: unknown;
      constructor(content: unknown) {
        this.content = content;
      }
    }
    await inFlow(async () => {
      const box = new Box(double.submit(1));
      expect(await shown.submit(box)).toBe(box);
      await (box.content as TaskFuture<number>);
    });
  });

  engineTest("that are shared are resolved to one value", async () => {
    const make = task({ name: "make" }, async () => ({ rows: 1 }));
    await inFlow(async () => {
      const future = make.submit();
      const [one, two] = (await shown.submit([future, future] as never)) as unknown[];
      expect(one).toBe(two);
    });
  });

  engineTest("of the parent are resolved in tasks of a sub-flow that never made one", async () => {
    await inFlow(async () => {
      const future = double.submit(4);
      expect(await flow({ name: "sub" }, () => double(future))()).toBe(16);
    });
  });
});

describe("quote", () => {
  engineTest("keeps futures from being found", async () => {
    await inFlow(async () => {
      const future = double.submit(1);
      const got = (await shown.submit(quote([future]))) as unknown[];
      expect(got[0]).toBe(future);
      await future;
    });
  });

  engineTest("gives the plain value also in a flow without futures, called directly", async () => {
    await flow({ name: "f" }, async () => {
      const data = [1, 2, 3];
      expect(await shown(quote(data))).toBe(data);
    })();
  });

  engineTest("inside a container gives the plain value", async () => {
    await flow({ name: "f" }, async () => {
      expect(await shown([quote(1), { two: quote(2) }])).toEqual([1, { two: 2 }]);
    })();
  });
});

describe("a dependency that did not complete", () => {
  engineTest("keeps the task from running: Pending, named NotReady", async ({ taskRun, stateNames }) => {
    let hasRun = false;
    const after = task({ name: "after" }, async (_: number) => {
      hasRun = true;
    });
    await inFlow(async () => {
      const state = await after.submit(fails.submit()).wait();
      expect([state.type, state.name]).toEqual(["PENDING", "NotReady"]);
      expect(state.message).toMatch(
        /^Upstream task run fails-0 \([0-9a-f-]{36}\) did not complete; it is Failed/,
      );
    });
    expect(hasRun).toBe(false);
    const run = await taskRun("after-0");
    expect(await stateNames(run)).toEqual(["Pending", "NotReady"]);
    expect([run.state_type, run.run_count]).toEqual(["PENDING", 0]);
  });

  engineTest("rejects who awaits it, with the upstream error as the cause", async () => {
    await inFlow(async () => {
      const error = await double.submit(fails.submit()).catch((reason: unknown) => reason);
      expect(isSluiceError(error, "UPSTREAM_TASK")).toBe(true);
      expect((error as Error).cause).toBeInstanceOf(TypeError);
    });
  });

  engineTest("passes along a whole chain", async ({ taskRuns }) => {
    await inFlow(async () => {
      const last = double.submit(double.submit(double.submit(fails.submit())));
      expect((await last.wait()).name).toBe("NotReady");
    });
    expect((await taskRuns("double-")).map((run) => run.state_name)).toEqual([
      "NotReady",
      "NotReady",
      "NotReady",
    ]);
  });

  engineTest("keeps a direct call from running too", async () => {
    await inFlow(async () => {
      await expect(double(fails.submit())).rejects.toThrow(/did not complete/);
      expect((await double.returnState(fails.submit())).name).toBe("NotReady");
    });
  });

  engineTest("is no obstacle under allowFailure: the task gets the error", async () => {
    await inFlow(async () => {
      expect(await shown.submit(allowFailure(fails.submit()))).toBeInstanceOf(TypeError);
      expect(await shown.submit([allowFailure(fails.submit()), double.submit(2)] as never)).toEqual([
        expect.any(TypeError),
        4,
      ]);
      expect(await shown.submit(allowFailure([double.submit(1), fails.submit()]))).toEqual([
        2,
        expect.any(TypeError),
      ]);
      expect(await shown.submit(allowFailure(double.submit(1)))).toBe(2);
    });
  });

  engineTest("is no obstacle under allowFailure of a mapped list, complete or lazy", async () => {
    const odd = task({ name: "odd" }, async (n: number) => {
      if (n % 2 === 0) throw new RangeError(`${n} is even`);
      return n;
    });
    await inFlow(async () => {
      const known = odd.map([1, 2, 3]);
      const lazy = odd.map(new Set([1, 2, 3]));
      for (const list of [known, lazy]) {
        expect(await shown.submit(allowFailure(list))).toEqual([1, expect.any(RangeError), 3]);
      }
      expect((await shown.submit(known as never).wait()).name).toBe("NotReady");
      expect((await shown.submit(odd.map(new Set([1, 2, 3])) as never).wait()).name).toBe("NotReady");
    });
  });

  engineTest("given as waitFor counts as well", async () => {
    await inFlow(async () => {
      const failed = fails.submit();
      const state = await double.withOptions({ waitFor: [failed] }).returnState(1);
      expect(state.name).toBe("NotReady");
    });
  });
});

describe("waitFor", () => {
  engineTest("runs the task after the others, and draws the edge", async ({ taskRun }) => {
    const order: string[] = [];
    const gate = deferred();
    const first = task({ name: "first" }, async () => {
      await gate.promise;
      order.push("first");
    });
    const second = task({ name: "second" }, async (label: string) => void order.push(label));
    await inFlow(async () => {
      const future = first.submit();
      const after = second.withOptions({ waitFor: [future] }).submit("second");
      await turns();
      expect(order).toEqual([]);
      gate.resolve();
      await after;
      await second.withOptions({ waitFor: [future] })("called");
    });
    expect(order).toEqual(["first", "second", "called"]);
    const upstream = await taskRun("first-0");
    expect((await taskRun("second-0")).task_inputs).toEqual({
      wait_for: [{ input_type: "task_run", id: upstream.id }],
    });
  });

  engineTest("takes mapped lists", async () => {
    const order: number[] = [];
    const note = task({ name: "note" }, async (n: number) => void order.push(n));
    await inFlow(async () => {
      const list = note.map([1, 2, 3]);
      await note.withOptions({ waitFor: [list] })(4);
    });
    expect(order).toEqual([1, 2, 3, 4]);
  });
});

describe("the graph of task runs", () => {
  engineTest("has an edge for every future, by parameter", async ({ taskRun, taskRuns }) => {
    await inFlow(async () => {
      await add.submit(double.submit(1), double.submit(2));
    });
    const [one, two] = await taskRuns("double-");
    expect((await taskRun("add-0")).task_inputs).toEqual({
      a: [{ input_type: "task_run", id: one?.id }],
      b: [{ input_type: "task_run", id: two?.id }],
    });
  });

  engineTest("has an edge for an awaited value that is an object", async ({ taskRun }) => {
    const load = task({ name: "load" }, async () => ({ rows: [1, 2] }));
    const count = task({ name: "count" }, async (table: { rows: number[] }) => table.rows.length);
    await inFlow(async () => {
      const submitted = await load.submit();
      const called = await load();
      await count(submitted);
      await count.submit(called);
    });
    const [first, second] = [await taskRun("load-0"), await taskRun("load-1")];
    expect((await taskRun("count-0")).task_inputs).toEqual({
      table: [{ input_type: "task_run", id: first.id }],
    });
    expect((await taskRun("count-1")).task_inputs).toEqual({
      table: [{ input_type: "task_run", id: second.id }],
    });
  });

  engineTest("has an edge for the value of a sub-flow", async ({ taskRun, flowRuns }) => {
    const sub = flow({ name: "sub" }, async () => ({ rows: 3 }));
    await inFlow(async () => {
      await shown(await sub());
    });
    const [child] = await flowRuns("sub");
    expect((await taskRun("shown-0")).task_inputs).toEqual({
      value: [{ input_type: "flow_run", id: child?.id }],
    });
  });

  engineTest("has no edges for plain values", async ({ taskRun }) => {
    await inFlow(async () => {
      await add(1, 2);
    });
    expect((await taskRun("add-0")).task_inputs).toEqual({});
  });

  engineTest("has every edge of a lazy list once it is complete", async ({ taskRun, taskRuns }) => {
    const sum = task({ name: "sum" }, async (numbers: number[]) => numbers.reduce((a, b) => a + b, 0));
    await inFlow(async () => {
      expect(await sum.submit(double.map(new Set([1, 2, 3])))).toBe(12);
    });
    const ids = (await taskRuns("double-")).map((run) => ({ input_type: "task_run", id: run.id }));
    expect((await taskRun("sum-0")).task_inputs).toEqual({ numbers: ids });
  });

  engineTest("names parameters without a name by position", async ({ taskRun }) => {
    const pattern = task(
      { name: "pattern" },
      async ({ n }: { n: number }, [first]: number[]) => n + (first ?? 0),
    );
    await inFlow(async () => {
      const future = double.submit(1);
      await pattern.submit({ n: future }, [future]);
    });
    expect(Object.keys((await taskRun("pattern-0")).task_inputs)).toEqual(["arg0", "arg1"]);
  });
});

describe("a limit of 1", () => {
  const submits: (depth: number) => Promise<number> = async (depth) =>
    depth === 0 ? 1 : (await nested.submit(depth - 1)) + 1;
  const nested = task({ name: "nested" }, submits);
  const mixed = task({ name: "mixed" }, async (depth: number): Promise<number> => {
    if (depth === 0) return 1;
    return depth % 2 === 0 ? (await mixed.submit(depth - 1)) + 1 : (await mixed(depth - 1)) + 1;
  });

  engineTest("does not deadlock tasks that submit and await others, nested five deep", async () => {
    expect(await inFlow(async () => nested.submit(5), 1)).toBe(6);
  });

  engineTest("does not deadlock when calls and submits alternate", async () => {
    expect(await inFlow(async () => mixed.submit(6), 1)).toBe(7);
  });

  engineTest("does not deadlock a task that maps and awaits the list", async () => {
    const outer = task({ name: "outer" }, async (n: number) => {
      const known = await double.map([n, n]);
      const lazy = await double.map(new Set([n, n + 1]));
      const states = await double.map([n]).wait();
      return known.length + lazy.length + states.length;
    });
    expect(await inFlow(async () => outer.map([1, 2, 3]), 1)).toEqual([5, 5, 5]);
  });

  engineTest("does not deadlock a flow in a task that awaits a future of the outer flow", async () => {
    const result = await inFlow(async () => {
      const gate = deferred<{ readonly future: TaskFuture<number> }>();
      const sub = flow({ name: "sub" }, async () => (await gate.promise).future.result());
      const outer = task({ name: "outer" }, async () => sub());
      const future = outer.submit();
      gate.resolve({ future: double.submit(21) });
      return future;
    }, 1);
    expect(result).toBe(42);
  });

  engineTest("does not deadlock a task that waits for its retry", async () => {
    let attempts = 0;
    const flaky = task({ name: "flaky", retries: 1, retryDelaySeconds: 0.02 }, async () => {
      attempts += 1;
      if (attempts === 1) throw new Error("first");
      return double.submit(attempts);
    });
    expect(await inFlow(async () => [await flaky.submit(), await double.submit(1)], 1)).toEqual([4, 2]);
  });

  engineTest("is kept after races and concurrent waits inside a task", async () => {
    let running = 0;
    let most = 0;
    const busy = task({ name: "busy" }, async () => {
      running += 1;
      most = Math.max(most, running);
      await turns(2);
      running -= 1;
    });
    const racing = task({ name: "racing" }, async () => {
      await Promise.all([busy.submit(), busy.submit(), Promise.race([busy.submit(), busy.submit()])]);
    });
    await inFlow(async () => {
      await Promise.all([racing.submit(), racing.submit(), racing.submit()]);
      await Promise.all(Array.from({ length: 10 }, () => busy.submit()));
    }, 1);
    expect(most).toBe(1);
  });
});

describe("plain programs over futures", () => {
  engineTest("Promise.all, race, allSettled, any and loops work", async () => {
    await inFlow(async () => {
      expect(await Promise.all([double.submit(1), double.submit(2)])).toEqual([2, 4]);
      expect(await Promise.race([double.submit(5)])).toBe(10);
      const settled = await Promise.allSettled([double.submit(1), fails.submit()]);
      expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
      expect(await Promise.any([fails.submit(), double.submit(3)])).toBe(6);
      let total = 0;
      for (const future of [1, 2, 3].map((n) => double.submit(n))) total += await future;
      expect(total).toBe(12);
    });
  });

  engineTest("try and catch work, and the flow decides", async () => {
    const result = await inFlow(async () => {
      const future = fails.submit();
      try {
        return await future;
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(result).toBe("bang");
  });
});

describe("a failing future that nobody awaits", () => {
  engineTest("fails the flow run with its message, and is no unhandled rejection", async () => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown): void => void rejections.push(reason);
    process.on("unhandledRejection", onRejection);
    try {
      const state = await flow({ name: "f" }, async () => {
        fails.submit();
        return "value";
      }).returnState();
      await turns(5);
      expect(state.type).toBe("FAILED");
      expect(state.message).toMatch(/1 submitted task run\(s\) did not complete.*fails-0.*TypeError: bang/);
      const error = (await state.result({ raiseOnFailure: false })) as Error;
      expect(error.cause).toBeInstanceOf(TypeError);
    } finally {
      process.off("unhandledRejection", onRejection);
    }
    expect(rejections).toEqual([]);
  });

  engineTest("does not fail the flow when it was awaited, asked for its state, or passed on", async () => {
    const state = await flow({ name: "f" }, async () => {
      await fails.submit().catch(() => undefined);
      await fails.submit().wait();
      const asked = fails.submit();
      await turns(5);
      expect(asked.state.isFailed()).toBe(true);
      await shown.submit(allowFailure(fails.submit()));
    }).returnState();
    expect(state.name).toBe("Completed");
  });

  engineTest("fails the flow when what depends on it is not looked at either", async () => {
    const state = await flow({ name: "f" }, async () => {
      double.submit(fails.submit());
    }).returnState();
    expect(state.message).toMatch(/double-0.*NotReady/);
  });
});

describe("a context of the user's own (AsyncLocalStorage)", () => {
  const tenant = new AsyncLocalStorage<string>();
  const whoami = task({ name: "whoami" }, async () => {
    await turns(1);
    return tenant.getStore();
  });

  engineTest(
    "reaches submitted tasks from their submitter, also through a slot that another task freed",
    async () => {
      const seen = await inFlow(async () => {
        const futures = ["a", "b", "c", "d"].map((name) => tenant.run(name, () => whoami.submit()));
        return Promise.all(futures);
      }, 1);
      expect(seen).toEqual(["a", "b", "c", "d"]);
    },
  );

  engineTest("reaches tasks that wait for others with another context", async () => {
    const after = task({ name: "after" }, async (_: unknown) => tenant.getStore());
    const seen = await inFlow(async () => {
      const upstream = tenant.run("up", () => whoami.submit());
      return tenant.run("down", () => after.submit(upstream));
    }, 1);
    expect(seen).toBe("down");
  });

  engineTest("reaches mapped and lazily mapped tasks, called tasks and sub-flows", async () => {
    const each = task({ name: "each", mapWindow: 1 }, async (_: number) => tenant.getStore());
    const seen = await inFlow(
      () =>
        tenant.run("mine", async () => [
          ...(await each.map([1, 2])),
          ...(await each.map(new Set([1, 2]))),
          await whoami(),
          await flow({ name: "sub" }, async () => tenant.getStore())(),
        ]),
      1,
    );
    expect(seen).toEqual(["mine", "mine", "mine", "mine", "mine", "mine"]);
  });

  engineTest("reaches the attempts of a retried task", async () => {
    const seen: (string | undefined)[] = [];
    const flaky = task({ name: "flaky", retries: 2, retryDelaySeconds: 0.001 }, async () => {
      seen.push(tenant.getStore());
      throw new Error("again");
    });
    await inFlow(() => tenant.run("mine", async () => void (await flaky.submit().wait())));
    expect(seen).toEqual(["mine", "mine", "mine"]);
  });
});
