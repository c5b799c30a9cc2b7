import { isSluiceError } from "@sluice/protocol";
import { describe, expect, vi } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { runFlow } from "../../src/flows/run-flow-call.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { Completed, Scheduled } from "../../src/states/state-factories.ts";
import { ConcurrentTaskRunner } from "../../src/task-runners/concurrent-task-runner.ts";
import { task } from "../../src/tasks/task.ts";
import { deferred, engineTest, never, turns, untilAborted } from "../engine-fixture.ts";

/** A controller whose abort has a reason that is easy to recognise. */
function stopper(): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  return { signal: controller.signal, stop: () => controller.abort(new Error("enough")) };
}

const MESSAGE = "Flow run was cancelled: enough";
const heeds = task({ name: "heeds" }, () => untilAborted(runContext().signal));

describe("an aborted signal", () => {
  engineTest("cancels the flow and the tasks that run", async ({ flowRuns, taskRun, stateNames }) => {
    const { signal, stop } = stopper();
    const state = await flow({ name: "f", signal }, async () => {
      const future = heeds.submit();
      await turns();
      stop();
      await future;
    }).returnState();
    expect([state.type, state.name, state.message]).toEqual(["CANCELLED", "Cancelled", MESSAGE]);
    await expect(state.result()).rejects.toThrow("enough");
    const run = await taskRun("heeds-0");
    expect([run.state_name, run.state?.message]).toEqual(["Cancelled", MESSAGE]);
    const [flowRun] = await flowRuns("f");
    if (flowRun === undefined) throw new Error("no run");
    expect(await stateNames(flowRun)).toEqual(["Pending", "Running", "Cancelled"]);
  });

  engineTest("rejects a called flow with the reason", async () => {
    const { signal, stop } = stopper();
    const stopped = flow({ name: "f", signal }, () => {
      stop();
      return untilAborted(runContext().signal);
    });
    await expect(stopped()).rejects.toThrow("enough");
  });

  engineTest("given with the call cancels that run", async () => {
    const { signal, stop } = stopper();
    const waits = flow({ name: "f" }, () => untilAborted(runContext().signal));
    const running = runFlow(waits, { signal, onBegin: () => setImmediate(stop) });
    expect((await running).message).toBe(MESSAGE);
  });

  engineTest("from before the call keeps the function from being called", async ({ flowRuns }) => {
    let calls = 0;
    const { signal, stop } = stopper();
    stop();
    const state = await flow({ name: "f", signal }, () => {
      calls += 1;
    }).returnState();
    expect([state.name, calls]).toEqual(["Cancelled", 0]);
    expect((await flowRuns("f"))[0]).toMatchObject({ state_name: "Cancelled", run_count: 0 });
  });

  engineTest("in a hook before the function keeps it from being called", async () => {
    let calls = 0;
    const { signal, stop } = stopper();
    const state = await flow({ name: "f", signal, onRunning: stop }, () => {
      calls += 1;
    }).returnState();
    expect([state.name, calls]).toEqual(["Cancelled", 0]);
  });

  engineTest("inside the function itself is heard", async () => {
    const { signal, stop } = stopper();
    const state = await flow({ name: "f", signal }, async () => {
      stop();
      await never();
    }).returnState();
    expect(state.name).toBe("Cancelled");
  });

  engineTest(
    "counts although the function gives a value or throws something of its own",
    async ({ taskRuns }) => {
      for (const ending of [
        () => "value",
        () => Completed(),
        () => Promise.reject(new Error("own")),
        () => void heeds.submit(),
      ]) {
        const { signal, stop } = stopper();
        const state = await flow({ name: "f", signal }, async () => {
          await heeds.submit().wait({ timeoutSeconds: 0 }).catch(stop);
          return ending();
        }).returnState();
        expect([state.name, state.message]).toEqual(["Cancelled", MESSAGE]);
      }
      expect((await taskRuns("heeds-")).every((run) => run.state_name === "Cancelled")).toBe(true);
    },
  );

  engineTest("keeps tasks called afterwards from running", async ({ taskRuns }) => {
    let calls = 0;
    const counted = task({ name: "counted" }, async (_: number) => {
      calls += 1;
    });
    const { signal, stop } = stopper();
    await flow({ name: "f", signal }, async () => {
      stop();
      await counted(1).catch(() => undefined);
      await counted.submit(2).wait();
      await counted.map([3, 4]).wait();
      await counted.map(new Set([5])).wait();
    }).returnState();
    expect(calls).toBe(0);
    expect((await taskRuns("counted-")).map((run) => run.state_name)).toEqual(Array(4).fill("Cancelled"));
  });

  engineTest("is not retried", async ({ flowRuns, taskRun }) => {
    const { signal, stop } = stopper();
    const state = await flow({ name: "f", signal, retries: 3 }, async () => {
      const future = heeds.withOptions({ retries: 3 }).submit();
      await turns();
      stop();
      await future;
    }).returnState();
    expect(state.name).toBe("Cancelled");
    expect((await flowRuns("f"))[0]?.run_count).toBe(1);
    expect((await taskRun("heeds-0")).run_count).toBe(1);
  });
});

describe("code that ignores its signal", () => {
  engineTest("is given up when the grace time is over, in flows and in tasks", async ({ taskRun, logs }) => {
    const ignores = task({ name: "ignores" }, () => never());
    const { signal, stop } = stopper();
    const state = await flow({ name: "f", signal }, async () => {
      const future = ignores.submit();
      await turns();
      stop();
      await future.wait();
      await never();
    }).returnState();
    expect([state.name, state.message]).toEqual(["Cancelled", MESSAGE]);
    expect((await taskRun("ignores-0")).state_name).toBe("Cancelled");
    expect((await logs()).filter(({ message }) => message.includes("did not stop in time"))).toHaveLength(2);
  });

  engineTest(
    "may end in the grace time: its value counts for a task",
    async ({ taskRun }) => {
      const gate = deferred();
      const finishes = task({ name: "finishes" }, async () => {
        await gate.promise;
        return "done";
      });
      const { signal, stop } = stopper();
      await flow({ name: "f", signal }, async () => {
        const future = finishes.submit();
        await turns();
        stop();
        gate.resolve();
        expect(await future).toBe("done");
      }).returnState();
      expect((await taskRun("finishes-0")).state_name).toBe("Completed");
    },
    { settings: { "flows.cancel_grace_seconds": 30 } },
  );

  engineTest(
    "of no grace time is given up at once",
    async () => {
      const { signal, stop } = stopper();
      const state = await flow({ name: "f", signal }, async () => {
        stop();
        await never();
      }).returnState();
      expect(state.name).toBe("Cancelled");
    },
    { settings: { "flows.cancel_grace_seconds": 0 } },
  );
});

describe("cancellation ends the wait", () => {
  engineTest("for a task's retry", async ({ taskRun, stateNames }) => {
    const { signal, stop } = stopper();
    const failed = deferred();
    const flaky = task({ name: "flaky", retries: 1, retryDelaySeconds: 3600 }, async () => {
      failed.resolve();
      throw new Error("once");
    });
    const state = await flow({ name: "f", signal }, async () => {
      const future = flaky.submit();
      await failed.promise;
      await turns();
      stop();
      await future;
    }).returnState();
    expect(state.name).toBe("Cancelled");
    expect(await stateNames(await taskRun("flaky-0"))).toEqual([
      "Pending",
      "Running",
      "AwaitingRetry",
      "Cancelled",
    ]);
  });

  engineTest("for the flow's retry", async ({ flowRuns, stateNames }) => {
    const { signal, stop } = stopper();
    const running = flow({ name: "f", signal, retries: 1, retryDelaySeconds: 3600 }, () => {
      throw new Error("once");
    }).returnState();
    await vi.waitFor(async () => expect((await flowRuns("f"))[0]?.state_name).toBe("AwaitingRetry"));
    stop();
    const state = await running;
    expect([state.name, state.message]).toEqual(["Cancelled", MESSAGE]);
    const [run] = await flowRuns("f");
    if (run === undefined) throw new Error("no run");
    expect(await stateNames(run)).toEqual(["Pending", "Running", "AwaitingRetry", "Cancelled"]);
  });

  engineTest("for the retry of a flow that timed out", async ({ flowRuns }) => {
    const { signal, stop } = stopper();
    const options = { name: "f", signal, timeoutSeconds: 0.01, retries: 1, retryDelaySeconds: 3600 };
    const running = flow(options, () => never()).returnState();
    await vi.waitFor(async () => expect((await flowRuns("f"))[0]?.state_name).toBe("AwaitingRetry"));
    stop();
    const state = await running;
    expect([state.name, state.message]).toEqual(["Cancelled", MESSAGE]);
  });

  engineTest("for the time that a run is scheduled for", async ({ api, stateNames }) => {
    const { id: flow_id } = await api.flows.create({ name: "f" });
    const scheduledTime = new Date(Date.now() + 3_600_000);
    const { id } = await api.flowRuns.create({ flow_id, state: Scheduled({ scheduledTime }).toProposal() });
    const { signal, stop } = stopper();
    let calls = 0;
    const running = runFlow(
      flow({ name: "f" }, () => {
        calls += 1;
      }),
      { flowRunId: id, signal },
    );
    setTimeout(stop, 20);
    expect([(await running).name, calls]).toEqual(["Cancelled", 0]);
    expect(await stateNames(await api.flowRuns.get(id))).toEqual(["Scheduled", "Cancelled"]);
  });

  engineTest("for a slot", async ({ taskRuns }) => {
    const { signal, stop } = stopper();
    let calls = 0;
    const counted = task({ name: "counted" }, async () => {
      calls += 1;
      await untilAborted(runContext().signal);
    });
    await flow({ name: "f", signal, taskRunner: new ConcurrentTaskRunner({ limit: 1 }) }, async () => {
      const futures = [counted.submit(), counted.submit(), counted.submit()];
      await turns();
      stop();
      await Promise.allSettled(futures);
    }).returnState();
    expect(calls).toBe(1);
    expect((await taskRuns("counted-")).map((run) => [run.state_name, run.run_count])).toEqual([
      ["Cancelled", 1],
      ["Cancelled", 0],
      ["Cancelled", 0],
    ]);
  });

  engineTest("for a dependency", async ({ taskRun }) => {
    const { signal, stop } = stopper();
    const after = task({ name: "after" }, async (_: unknown) => "ran");
    await flow({ name: "f", signal }, async () => {
      const future = after.submit(heeds.submit());
      await turns();
      stop();
      await future.wait();
    }).returnState();
    expect((await taskRun("after-0")).state_name).toBe("Cancelled");
  });

  engineTest("for a lazy source", async () => {
    const { signal, stop } = stopper();
    const closed: string[] = [];
    async function* endless(): AsyncGenerator<number> {
      try {
        for (let n = 0; ; n += 1) {
          await turns(1);
          yield n;
        }
      } finally {
        closed.push("closed");
      }
    }
    const each = task({ name: "each" }, async (n: number) => {
      if (n === 5) stop();
    });
    const state = await flow({ name: "f", signal }, () => each.map(endless()).wait()).returnState();
    expect([state.name, closed]).toEqual(["Cancelled", ["closed"]]);
  });

  engineTest("for a source that never gives its next element", async () => {
    const { signal, stop } = stopper();
    const each = task({ name: "each" }, async (_: number) => stop());
    const state = await flow({ name: "f", signal }, () =>
      each.map(
        (async function* () {
          yield 1;
          await never();
          yield 2;
        })(),
      ),
    ).returnState();
    expect(state.name).toBe("Cancelled");
  });

  engineTest("for an upstream of a sub-flow", async ({ flowRuns }) => {
    const { signal, stop } = stopper();
    const ignores = task({ name: "ignores" }, async (): Promise<number> => never());
    const sub = flow({ name: "sub", signal }, async ({ n }: { n: number }) => n);
    await flow({ name: "f" }, async () => {
      const upstream = ignores.withOptions({ signal }).submit();
      setTimeout(stop, 20);
      expect((await sub.returnState({ n: upstream })).name).toBe("Cancelled");
    }).returnState();
    expect((await flowRuns("sub"))[0]).toMatchObject({ state_name: "Cancelled", run_count: 0 });
  });
});

describe("cancellation of a sub-flow", () => {
  engineTest("comes from its parent, with its tasks", async ({ flowRuns, taskRun }) => {
    const { signal, stop } = stopper();
    const begun = deferred();
    const sub = flow({ name: "sub" }, async () => {
      const future = heeds.submit();
      await turns();
      begun.resolve();
      await future;
    });
    const state = await flow({ name: "f", signal }, async () => {
      const running = sub();
      await begun.promise;
      stop();
      await running;
    }).returnState();
    expect(state.name).toBe("Cancelled");
    expect((await flowRuns("sub"))[0]).toMatchObject({ state_name: "Cancelled" });
    expect((await taskRun("heeds-0")).state_name).toBe("Cancelled");
    expect((await taskRun("sub-0")).state_name).toBe("Cancelled");
  });

  engineTest("through a task that called it", async ({ flowRuns }) => {
    const { signal, stop } = stopper();
    const sub = flow({ name: "sub" }, () => {
      setImmediate(stop);
      return untilAborted(runContext().signal);
    });
    const calls = task({ name: "calls" }, () => sub());
    await flow({ name: "f", signal }, () => calls.submit()).returnState();
    expect((await flowRuns("sub"))[0]?.state_name).toBe("Cancelled");
  });

  engineTest("by its own signal leaves the parent to decide", async () => {
    const { signal, stop } = stopper();
    const sub = flow({ name: "sub", signal }, () => {
      stop();
      return untilAborted(runContext().signal);
    });
    const state = await flow({ name: "f" }, async () => (await sub.returnState()).name).returnState();
    expect([state.name, await state.result()]).toEqual(["Completed", "Cancelled"]);
  });
});

describe("a run that another program is cancelling", () => {
  engineTest("ends Cancelled before it begins", async ({ api, stateNames }) => {
    const { id: flow_id } = await api.flows.create({ name: "f" });
    const { id } = await api.flowRuns.create({ flow_id });
    await api.flowRuns.setState(id, { state: { type: "CANCELLING" } });
    let calls = 0;
    const state = await runFlow(
      flow({ name: "f" }, () => {
        calls += 1;
      }),
      { flowRunId: id },
    );
    expect([state.name, calls]).toEqual(["Cancelled", 0]);
    expect(await stateNames(await api.flowRuns.get(id))).toEqual(["Pending", "Cancelling", "Cancelled"]);
  });

  engineTest("ends Cancelled although its function completed", async ({ api, stateNames }) => {
    const { id: flow_id } = await api.flows.create({ name: "f" });
    const { id } = await api.flowRuns.create({ flow_id });
    const state = await runFlow(
      flow({ name: "f" }, async () => {
        await api.flowRuns.setState(id, { state: { type: "CANCELLING" } });
        return "value";
      }),
      { flowRunId: id },
    );
    expect(state.name).toBe("Cancelled");
    expect(isSluiceError(await state.result({ raiseOnFailure: false }), "CANCELLED_RUN")).toBe(true);
    expect(await stateNames(await api.flowRuns.get(id))).toEqual([
      "Pending",
      "Running",
      "Cancelling",
      "Cancelled",
    ]);
  });
});
