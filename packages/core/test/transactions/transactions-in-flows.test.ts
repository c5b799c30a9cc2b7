/** Tasks in transactions, as flows use them. */
import { describe, expect } from "vitest";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { flow } from "../../src/flows/flow.ts";
import { runFlow } from "../../src/flows/run-flow-call.ts";
import { MemoryLockManager } from "../../src/locking/memory-lock-manager.ts";
import { task } from "../../src/tasks/task.ts";
import type { TaskOptions } from "../../src/tasks/task-options.ts";
import { currentTransaction } from "../../src/transactions/current-transaction.ts";
import { transaction } from "../../src/transactions/run-transaction.ts";
import type { TransactionOptions } from "../../src/transactions/transaction-options.ts";
import { deferred, engineTest, type TestEngine, turns } from "../engine-fixture.ts";
import { pathsIn } from "../results/stored-files.ts";

/** Tasks that note what happens to them, and keep their results in one storage under their argument. */
function noting() {
  const events: string[] = [];
  const storage = new MemoryFileSystem();
  const options: TaskOptions<[name: string]> = {
    name: "step",
    resultStorage: storage,
    resultStorageKey: "{name}",
    onCommit: (txn) => void events.push(`commit ${txn.key}`),
    onRollback: (txn) => void events.push(`undo ${txn.key}`),
  };
  const step = task(options, async (name: string) => {
    events.push(`run ${name}`);
    return name;
  });
  const fail = task({ name: "fail" }, async (): Promise<never> => {
    throw new Error("it failed");
  });
  return { events, storage, step, fail };
}

const lastStates = async (engine: TestEngine, name: string): Promise<(string | null)[]> =>
  (await engine.taskRuns(name)).map(({ state_name }) => state_name);

describe("tasks in a transaction", () => {
  engineTest("are committed at its end, in the order in which they ended", async (engine) => {
    const { events, storage, step } = noting();
    const run = flow({ name: "run" }, async () => {
      await transaction(async () => {
        await step("a");
        await step("b");
        expect(await pathsIn(storage)).toEqual([]);
      });
      expect(await pathsIn(storage)).toEqual(["a", "b"]);
    });
    await run();
    expect(events).toEqual(["run a", "run b", "commit a", "commit b"]);
    expect(await lastStates(engine, "step")).toEqual(["Completed", "Completed"]);
  });

  engineTest(
    "are undone from last to first when a later one fails, and are then RolledBack",
    async (engine) => {
      const { events, storage, step, fail } = noting();
      const run = flow({ name: "run" }, () =>
        transaction(async () => {
          await step("a");
          await step("b");
          await fail();
        }),
      );
      expect((await run.returnState()).name).toBe("Failed");
      expect(events).toEqual(["run a", "run b", "undo b", "undo a"]);
      expect(await pathsIn(storage)).toEqual([]);
      const [first] = await engine.taskRuns("step");
      if (first === undefined) throw new Error("a run was expected");
      expect(await engine.stateNames(first)).toEqual(["Pending", "Running", "Completed", "RolledBack"]);
      expect(first).toMatchObject({
        state_type: "COMPLETED",
        state: { message: "Its transaction was rolled back." },
      });
      expect(await lastStates(engine, "fail")).toEqual(["Failed"]);
    },
  );

  engineTest("are undone also when the code around them throws", async (engine) => {
    const { events, step } = noting();
    const run = flow({ name: "run" }, () =>
      transaction(async () => {
        await step("a");
        throw new Error("the flow's own");
      }),
    );
    await expect(run()).rejects.toThrow("the flow's own");
    expect(events).toEqual(["run a", "undo a"]);
    expect(await lastStates(engine, "step")).toEqual(["RolledBack"]);
  });

  engineTest("are undone when one fails, even if its error is caught", async (engine) => {
    const { events, storage, step, fail } = noting();
    const run = flow({ name: "run" }, async () =>
      transaction(async (txn) => {
        await step("a");
        await fail().catch(() => undefined);
        return txn.isRolledBack;
      }),
    );
    expect(await run()).toBe(true);
    expect(events).toEqual(["run a", "undo a"]);
    expect(await pathsIn(storage)).toEqual([]);
    expect(await lastStates(engine, "step")).toEqual(["RolledBack"]);
  });

  engineTest("that begin after it was undone stand on their own", async (engine) => {
    const { events, storage, step, fail } = noting();
    const run = flow({ name: "run" }, async () => {
      await transaction(async () => {
        await fail().catch(() => undefined);
        await step("late");
      });
    });
    await run();
    expect(events).toEqual(["run late", "commit late"]);
    expect(await pathsIn(storage)).toEqual(["late"]);
    expect(await lastStates(engine, "step")).toEqual(["Completed"]);
  });

  engineTest("that are retried until they complete undo nothing", async () => {
    const { events, step } = noting();
    let attempts = 0;
    const flaky = task({ name: "flaky", retries: 2 }, async () => {
      attempts += 1;
      if (attempts < 3) throw new Error("not yet");
    });
    const run = flow({ name: "run" }, () =>
      transaction(async () => {
        await step("a");
        await flaky();
      }),
    );
    await run();
    expect(events).toEqual(["run a", "commit a"]);
  });

  engineTest("take part without persisting anything", async (engine) => {
    const events: string[] = [];
    const send = task({ name: "send", onRollback: () => void events.push("recalled") }, async () => "sent");
    const quiet = task({ name: "quiet" }, async () => "quiet");
    const run = flow({ name: "run" }, () =>
      transaction(async () => {
        await send();
        await quiet();
        throw new Error("no");
      }),
    );
    await run.returnState();
    expect(events).toEqual(["recalled"]);
    expect([await lastStates(engine, "send"), await lastStates(engine, "quiet")]).toEqual([
      ["RolledBack"],
      ["RolledBack"],
    ]);
  });

  engineTest("see the values that were set around them", async () => {
    const read = task({ name: "read" }, async () => currentTransaction()?.get("folder"));
    const run = flow({ name: "run" }, () =>
      transaction(async (txn) => {
        txn.set("folder", "/tmp/x");
        return [await read(), await read.submit()];
      }),
    );
    expect(await run()).toEqual(["/tmp/x", "/tmp/x"]);
  });

  engineTest("have hooks whose errors are logged and change nothing", async (engine) => {
    const broken = task(
      {
        name: "broken",
        onCommit: () => {
          throw new Error("hook broke");
        },
      },
      async () => 1,
    );
    expect(await flow({ name: "run" }, () => transaction(() => broken()))()).toBe(1);
    const logs = (await engine.logs()).filter(({ level }) => level === 40);
    expect(logs.map(({ message }) => message).join()).toMatch(
      /A commit hook of a transaction failed.*hook broke/su,
    );
  });
});

describe("submitted and mapped tasks", () => {
  engineTest("take part in the transaction in which they were submitted", async (engine) => {
    const { events, storage, step } = noting();
    const run = flow({ name: "run" }, () =>
      transaction(async () => {
        await Promise.all([step.submit("a"), step.map(["b", "c"])]);
        expect(await pathsIn(storage)).toEqual([]);
        throw new Error("no");
      }),
    );
    await run.returnState();
    expect(events.filter((event) => event.startsWith("undo")).toSorted()).toEqual([
      "undo a",
      "undo b",
      "undo c",
    ]);
    expect(await lastStates(engine, "step")).toEqual(["RolledBack", "RolledBack", "RolledBack"]);
    expect(await pathsIn(storage)).toEqual([]);
  });

  engineTest("of a lazily read map take part too", async () => {
    const { events, storage, step } = noting();
    const names = function* (): Generator<string> {
      yield "a";
      yield "b";
    };
    const run = flow({ name: "run" }, () =>
      transaction(async () => {
        await step.map(names());
        expect(await pathsIn(storage)).toEqual([]);
      }),
    );
    await run();
    expect(events.filter((event) => event.startsWith("commit"))).toEqual(["commit a", "commit b"]);
  });

  engineTest("still running when it is undone are undone as they end", async (engine) => {
    const { events, storage, step } = noting();
    const gate = deferred();
    const slow = task(
      {
        name: "slow",
        resultStorage: storage,
        resultStorageKey: "slow",
        onRollback: () => void events.push("undo slow"),
      },
      async () => {
        events.push("run slow");
        await gate.promise;
      },
    );
    const run = flow({ name: "run" }, async () => {
      const future = await transaction(async () => {
        slow.submit();
        while (!events.includes("run slow")) await turns();
        await step("a");
        throw new Error("undone");
      }).catch(() => undefined);
      gate.resolve();
      return future;
    });
    await run();
    expect(events).toEqual(["run slow", "run a", "undo a", "undo slow"]);
    expect(await lastStates(engine, "slow")).toEqual(["RolledBack"]);
    expect(await pathsIn(storage)).toEqual([]);
  });

  engineTest("still running when it is committed commit as they end", async () => {
    const { events, storage, step } = noting();
    const run = flow({ name: "run" }, async () => {
      await transaction(async () => {
        step.submit("late");
      });
      events.push("committed");
    });
    await run();
    expect(events.toSorted()).toEqual(["commit late", "committed", "run late"]);
    expect(await pathsIn(storage)).toEqual(["late"]);
  });
});

describe("nested transactions and modes", () => {
  /** Two steps in an inner transaction, a third around it, then a failure. */
  const nestedRun = async (inner: TransactionOptions, outer: TransactionOptions = {}) => {
    const { events, storage, step } = noting();
    const run = flow({ name: "run" }, () =>
      transaction(outer, async () => {
        await transaction(inner, async () => {
          await step("a");
          await step("b");
        });
        await step("c");
        throw new Error("no");
      }),
    );
    await run.returnState();
    return { events: events.filter((event) => !event.startsWith("run")), left: await pathsIn(storage) };
  };

  engineTest("an inner one is undone with the one around it", async () => {
    expect(await nestedRun({})).toEqual({ events: ["undo c", "undo b", "undo a"], left: [] });
  });

  engineTest("an eager one is kept, with its tasks", async () => {
    const { events, left } = await nestedRun({ commitMode: "eager" });
    expect(events).toEqual(["commit a", "commit b", "undo c"]);
    expect(left).toEqual(["a", "b"]);
  });

  engineTest("eager around everything undoes nothing", async () => {
    expect((await nestedRun({}, { commitMode: "eager" })).left).toEqual(["a", "b", "c"]);
  });

  engineTest("one that is off is undone at its end unless it was committed", async () => {
    const { events, storage, step } = noting();
    const run = flow({ name: "run" }, async () => {
      await transaction({ commitMode: "off" }, async () => step("tried"));
      await transaction({ commitMode: "off" }, async (txn) => {
        await step("kept");
        await txn.commit();
      });
    });
    await run();
    expect(events).toEqual(["run tried", "undo tried", "run kept", "commit kept"]);
    expect(await pathsIn(storage)).toEqual(["kept"]);
  });

  engineTest("tasks called by a task are committed with it, and undone when it fails", async () => {
    const { events, storage, step } = noting();
    const outer = task(
      { name: "outer", persistResult: true, resultStorage: storage },
      async (fails: boolean) => {
        await step(fails ? "x" : "a");
        if (fails) throw new Error("outer fails");
      },
    );
    const run = flow({ name: "run" }, async () => {
      await outer(false);
      await outer.returnState(true);
    });
    await run();
    expect(events).toEqual(["run a", "commit a", "run x", "undo x"]);
    expect(await pathsIn(storage)).toContain("a");
    expect(await pathsIn(storage)).not.toContain("x");
  });

  engineTest("a retried task finds what its earlier attempt has done", async (engine) => {
    const { events, step } = noting();
    let attempts = 0;
    const outer = task({ name: "outer", retries: 1, persistResult: true }, async () => {
      await step("a");
      attempts += 1;
      if (attempts === 1) throw new Error("after a");
    });
    await flow({ name: "run" }, () => outer())();
    expect(events).toEqual(["run a", "commit a"]);
    expect(await lastStates(engine, "step")).toEqual(["Completed", "Cached"]);
  });

  engineTest("sub-flows take part with their tasks", async () => {
    const { events, step } = noting();
    const inner = flow({ name: "inner" }, () => step("inside"));
    const run = flow({ name: "run" }, () =>
      transaction(async () => {
        await inner();
        throw new Error("no");
      }),
    );
    await run.returnState();
    expect(events).toEqual(["run inside", "undo inside"]);
  });
});

describe("a transaction with a key", () => {
  engineTest("is found committed by the second run, so that its work is not done again", async () => {
    const { events, storage, step } = noting();
    const run = flow({ name: "run", resultStorage: storage }, () =>
      transaction({ key: "import-2030" }, async (txn) => {
        if (txn.isCommitted) return "done before";
        await step("a");
        txn.stage({ rows: 3 });
        return "done now";
      }),
    );
    expect([await run(), await run()]).toEqual(["done now", "done before"]);
    expect(events).toEqual(["run a", "commit a"]);
    expect(await pathsIn(storage)).toEqual(["a", "import-2030"]);
  });

  engineTest("is done again after a run that failed in it", async (engine) => {
    const { events, storage, step } = noting();
    let attempts = 0;
    const run = flow({ name: "run", resultStorage: storage }, () =>
      transaction({ key: "import" }, async (txn) => {
        attempts += 1;
        await step("a");
        if (attempts === 1) throw new Error("half way");
        return txn.isCommitted;
      }),
    );
    const failed = await run.returnState();
    const [wire] = await engine.flowRuns("run");
    expect(failed.name).toBe("Failed");
    expect((await runFlow(run, { flowRunId: wire?.id })).name).toBe("Completed");
    expect(events).toEqual(["run a", "undo a", "run a", "commit a"]);
  });

  engineTest("runs one at a time when it is serializable", async () => {
    const storage = new MemoryFileSystem();
    const lockManager = new MemoryLockManager();
    let done = 0;
    const run = flow({ name: "run", resultStorage: storage }, () =>
      transaction({ key: "once", isolationLevel: "serializable", lockManager }, async (txn) => {
        if (txn.isCommitted) return;
        await turns();
        done += 1;
      }),
    );
    await Promise.all([run(), run(), run()]);
    expect(done).toBe(1);
  });

  engineTest(
    "whose own record cannot be written fails its flow, after its tasks were committed",
    async (engine) => {
      const { events, step } = noting();
      const storage = new MemoryFileSystem();
      storage.write = async () => {
        throw new Error("disk full");
      };
      const run = flow({ name: "run", resultStorage: storage }, () =>
        transaction({ key: "import" }, async (txn) => {
          await step("a");
          txn.stage(1);
        }),
      );
      await expect(run()).rejects.toMatchObject({
        code: "TRANSACTION",
        message: 'The transaction "import" could not be committed and was rolled back: disk full',
      });
      expect(events).toEqual(["run a", "commit a"]);
      expect((await engine.flowRuns("run"))[0]?.state_name).toBe("Failed");
    },
  );
});

describe("a task's own transaction", () => {
  engineTest("commits as it completes", async () => {
    const { events, step } = noting();
    await flow({ name: "run" }, () => step("a"))();
    expect(events).toEqual(["run a", "commit a"]);
  });

  engineTest("has nothing to undo when the task itself fails", async (engine) => {
    const events: string[] = [];
    const fail = task({ name: "fail", onRollback: () => void events.push("undone") }, async () => {
      throw new Error("no");
    });
    await flow({ name: "run" }, () => fail()).returnState();
    expect(events).toEqual([]);
    expect(await lastStates(engine, "fail")).toEqual(["Failed"]);
  });

  engineTest("calls no commit hook for a result that was found", async () => {
    const { events, step } = noting();
    await flow({ name: "run" }, async () => {
      await step("a");
      await step("a");
    })();
    expect(events).toEqual(["run a", "commit a"]);
  });
});
