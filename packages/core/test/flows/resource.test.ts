import { describe, expect, it } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { type ResourceOptions, resource } from "../../src/flows/resource.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { task } from "../../src/tasks/task.ts";
import { deferred, engineTest, never, turns, untilAborted } from "../engine-fixture.ts";

/** A resource that notes what happens to it. */
function noted(changes: Partial<ResourceOptions<[string], { readonly name: string }>> = {}) {
  const notes: string[] = [];
  const made = resource({
    name: "db",
    setup: async (name: string) => {
      notes.push(`open ${name}`);
      return { name };
    },
    cleanup: async ({ name }: { readonly name: string }) => {
      await turns(1);
      notes.push(`close ${name}`);
    },
    ...changes,
  });
  return { notes, db: made };
}

describe("a resource", () => {
  engineTest("is set up and cleaned up as task runs around the work", async ({ taskRun }) => {
    const { notes, db } = noted();
    const result = await flow({ name: "f" }, () =>
      db.use(["a"], async ({ name }) => {
        notes.push(`use ${name}`);
        return name.length;
      }),
    )();
    expect(result).toBe(1);
    expect(notes).toEqual(["open a", "use a", "close a"]);
    const setup = await taskRun("db.setup-0");
    const cleanup = await taskRun("db.cleanup-0");
    expect([setup.state_name, cleanup.state_name]).toEqual(["Completed", "Completed"]);
    expect(Object.values(cleanup.task_inputs)).toEqual([[{ input_type: "task_run", id: setup.id }]]);
  });

  engineTest("is cleaned up at the end of an await using block", async () => {
    const { notes, db } = noted();
    await flow({ name: "f" }, async () => {
      {
        await using held = await db("a");
        notes.push(`use ${held.value.name}`);
      }
      notes.push("after");
    })();
    expect(notes).toEqual(["open a", "use a", "close a", "after"]);
  });

  engineTest("is cleaned up at the end of the flow at the latest, the last one first", async () => {
    const { notes, db } = noted();
    await flow({ name: "f" }, async () => {
      await db("a");
      await db("b");
      notes.push("end");
    })();
    expect(notes).toEqual(["open a", "open b", "end", "close b", "close a"]);
  });

  engineTest("is cleaned up once, however often it is asked to", async () => {
    const { notes, db } = noted();
    await flow({ name: "f" }, async () => {
      const held = await db("a");
      await Promise.all([held.cleanup(), held.cleanup()]);
      await held.cleanup();
    })();
    expect(notes).toEqual(["open a", "close a"]);
  });

  engineTest("is cleaned up when the work throws, and the error is the work's", async () => {
    const { notes, db } = noted();
    const failing = flow({ name: "f" }, () =>
      db.use(["a"], () => {
        throw new Error("work failed");
      }),
    );
    await expect(failing()).rejects.toThrow("work failed");
    expect(notes).toEqual(["open a", "close a"]);
  });

  engineTest("is cleaned up when the flow throws while it is held", async () => {
    const { notes, db } = noted();
    const failing = flow({ name: "f" }, async () => {
      await db("a");
      throw new Error("flow failed");
    });
    await expect(failing()).rejects.toThrow("flow failed");
    expect(notes).toEqual(["open a", "close a"]);
  });

  engineTest("is cleaned up when the flow is cancelled", async ({ taskRun }) => {
    const { notes, db } = noted();
    const controller = new AbortController();
    const state = await flow({ name: "f", signal: controller.signal }, () =>
      db.use(["a"], () => {
        controller.abort(new Error("enough"));
        return untilAborted(runContext().signal);
      }),
    ).returnState();
    expect(state.name).toBe("Cancelled");
    expect(notes).toEqual(["open a", "close a"]);
    expect((await taskRun("db.cleanup-0")).state_name).toBe("Completed");
  });

  engineTest("is cleaned up when the flow times out, also while it ignores that", async ({ taskRun }) => {
    const { notes, db } = noted();
    const state = await flow({ name: "f", timeoutSeconds: 0.2 }, async () => {
      await db("a");
      await never();
    }).returnState();
    expect(state.name).toBe("TimedOut");
    expect(notes).toEqual(["open a", "close a"]);
    expect((await taskRun("db.cleanup-0")).state_name).toBe("Completed");
  });

  engineTest("is cleaned up when the flow ends while it is being set up", async () => {
    const settingUp = deferred();
    const { notes, db } = noted({
      setup: async (name) => {
        settingUp.resolve();
        await turns(5);
        return { name };
      },
    });
    const state = await flow({ name: "f" }, async () => {
      void db("a").catch(() => undefined);
      await settingUp.promise;
      throw new Error("flow failed");
    }).returnState();
    expect(state.message).toContain("flow failed");
    expect(notes).toEqual(["close a"]);
  });

  engineTest("is cleaned up as soon as it is there when nobody waits for its set-up any more", async () => {
    const gate = deferred();
    const controller = new AbortController();
    const { notes, db } = noted({
      setup: async (name) => {
        controller.abort(new Error("enough"));
        await gate.promise;
        return { name };
      },
    });
    const state = await flow({ name: "f", signal: controller.signal }, () => db("a")).returnState();
    expect(state.name).toBe("Cancelled");
    expect(notes).toEqual([]);
    gate.resolve();
    await turns(10);
    expect(notes).toEqual(["close a"]);
  });

  engineTest("that took too long is cleaned up, and the next attempt's is given", async () => {
    const gate = deferred();
    let attempt = 0;
    const { notes, db } = noted({
      setup: async () => {
        attempt += 1;
        const name = `try ${attempt}`;
        if (attempt === 1) await gate.promise;
        return { name };
      },
      setupOptions: { timeoutSeconds: 0.02, retries: 1 },
    });
    await flow({ name: "f" }, async () => {
      const held = await db("a");
      expect(held.value.name).toBe("try 2");
      gate.resolve();
      await turns(10);
      expect(notes).toEqual(["close try 1"]);
    })();
    expect(notes).toEqual(["close try 1", "close try 2"]);
  });

  engineTest("that cannot be set up fails its caller, and is not cleaned up", async ({ taskRuns }) => {
    const { notes, db } = noted({
      setup: () => {
        throw new Error("no database");
      },
    });
    await expect(flow({ name: "f" }, () => db.use(["a"], () => 1))()).rejects.toThrow("no database");
    expect(notes).toEqual([]);
    expect((await taskRuns()).map((run) => run.name)).toEqual(["db.setup-0"]);
  });

  engineTest(
    "tells of a clean-up that fails, and of both failures when the work failed too",
    async ({ taskRuns }) => {
      const { db } = noted({
        cleanup: () => {
          throw new Error("cannot close");
        },
      });
      await expect(flow({ name: "f" }, () => db.use(["a"], () => 1))()).rejects.toThrow("cannot close");
      const both = await flow({ name: "g" }, () =>
        db.use(["a"], () => {
          throw new Error("work failed");
        }),
      )().catch((error: unknown) => error);
      expect(both).toBeInstanceOf(AggregateError);
      expect((both as AggregateError).errors.map(String)).toEqual([
        "Error: work failed",
        "Error: cannot close",
      ]);
      const left = await flow({ name: "h" }, async () => void (await db("a"))).returnState();
      expect(left.name).toBe("Completed");
      expect((await taskRuns("db.cleanup-")).map((run) => run.state_name)).toEqual([
        "Failed",
        "Failed",
        "Failed",
      ]);
    },
  );

  engineTest("can be used in tasks and outside flows, with options of its tasks", async ({ taskRuns }) => {
    const { notes, db } = noted({ setupOptions: { tags: ["io"] }, cleanupOptions: { retries: 2 } });
    const inTask = task({ name: "in-task" }, () => db.use(["a"], ({ name }) => name));
    expect(await flow({ name: "f" }, () => inTask())()).toBe("a");
    expect(await db.use(["b"], ({ name }) => name)).toBe("b");
    expect(notes).toEqual(["open a", "close a", "open b", "close b"]);
    const [, setup, cleanup] = await taskRuns();
    expect([setup?.tags, cleanup?.empirical_policy.retries]).toEqual([["io"], 2]);
  });

  engineTest("is made anew in every attempt of the flow", async () => {
    const { notes, db } = noted();
    let attempts = 0;
    await flow({ name: "f", retries: 1, persistResult: true }, () =>
      db.use([`${attempts}`], () => {
        attempts += 1;
        if (attempts === 1) throw new Error("again");
      }),
    )();
    expect(notes).toEqual(["open 0", "close 0", "open 1", "close 1"]);
  });

  it("needs a name and two functions, and options that its tasks have", () => {
    const fn = (): number => 1;
    expect(() => resource({ name: "x", setup: fn } as never)).toThrow("needs a name and two functions");
    expect(() => resource({ setup: fn, cleanup: fn } as never)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    );
    expect(() =>
      resource({ name: "x", setup: fn, cleanup: fn, setupOptions: { retrys: 1 } as never }),
    ).toThrow('Task "x.setup" has no option "retrys"');
    expect(resource({ name: "x", setup: fn, cleanup: fn }).name).toBe("x");
  });
});
