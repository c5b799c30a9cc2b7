import { isSluiceError } from "@sluice/protocol";
import { describe, expect } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { task } from "../../src/tasks/task.ts";
import { deferred, engineTest, never, turns, untilAborted } from "../engine-fixture.ts";

describe("a task's timeout", () => {
  engineTest("ends the run: Failed, named TimedOut", async ({ taskRun, stateNames }) => {
    const slow = task({ name: "slow", timeoutSeconds: 0.01 }, () => never());
    await flow({ name: "f" }, async () => {
      const error = await slow().catch((reason: unknown) => reason);
      expect(isSluiceError(error, "TIMED_OUT")).toBe(true);
      expect((error as Error).message).toBe("Run slow-0 exceeded its timeout of 0.01 second(s).");
      expect((await slow.returnState()).type).toBe("FAILED");
      expect((await slow.submit().wait()).name).toBe("TimedOut");
    })();
    expect(await stateNames(await taskRun("slow-0"))).toEqual(["Pending", "Running", "TimedOut"]);
  });

  engineTest("aborts the signal that the code was given, with the timeout as its reason", async () => {
    const reasons: unknown[] = [];
    const slow = task({ name: "slow", timeoutSeconds: 0.01 }, async () => {
      const { signal } = runContext();
      await untilAborted(signal).catch((reason: unknown) => reasons.push(reason));
    });
    await flow({ name: "f" }, async () => void (await slow.returnState()))();
    expect(reasons).toEqual([expect.objectContaining({ code: "TIMED_OUT" })]);
  });

  engineTest(
    "of an attempt leaves the next one its time, and a signal of its own",
    async ({ taskRun, stateNames }) => {
      const signals: AbortSignal[] = [];
      const slow = task({ name: "slow", timeoutSeconds: 0.02, retries: 2 }, async () => {
        const context = runContext();
        signals.push(context.signal);
        if (context.taskRun?.runCount === 3) return "made it";
        return untilAborted(context.signal);
      });
      expect(await flow({ name: "f" }, () => slow())()).toBe("made it");
      expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
      expect(await stateNames(await taskRun("slow-0"))).toEqual([
        "Pending",
        "Running",
        "Retrying",
        "Retrying",
        "Completed",
      ]);
    },
  );

  engineTest("with retries used up ends in TimedOut", async ({ taskRun }) => {
    const slow = task({ name: "slow", timeoutSeconds: 0.01, retries: 1 }, () => never());
    await flow({ name: "f" }, async () => {
      expect((await slow.returnState()).name).toBe("TimedOut");
    })();
    expect((await taskRun("slow-0")).run_count).toBe(2);
  });

  engineTest("ignores what the code gives or throws later", async () => {
    const gate = deferred();
    const ended: string[] = [];
    const late = task({ name: "late", timeoutSeconds: 0.01 }, async (fails: boolean) => {
      await gate.promise;
      ended.push("code");
      if (fails) throw new Error("too late");
      return "too late";
    });
    await flow({ name: "f" }, async () => {
      const states = [await late.returnState(false), await late.returnState(true)];
      gate.resolve();
      await turns(5);
      expect(ended).toHaveLength(2);
      expect(states.map(({ name }) => name)).toEqual(["TimedOut", "TimedOut"]);
    })();
  });

  engineTest("cancels the tasks and flows begun inside", async ({ taskRun, flowRuns }) => {
    const inner = task({ name: "inner" }, () => untilAborted(runContext().signal));
    const sub = flow({ name: "sub" }, () => untilAborted(runContext().signal));
    const outer = task({ name: "outer", timeoutSeconds: 0.02 }, async () => {
      await Promise.allSettled([inner(), sub()]);
    });
    await flow({ name: "f" }, async () => {
      expect((await outer.returnState()).name).toBe("TimedOut");
      await turns(10);
    })();
    expect((await taskRun("inner-0")).state_name).toBe("Cancelled");
    expect((await flowRuns("sub"))[0]?.state_name).toBe("Cancelled");
  });

  engineTest(
    "is the inner task's own affair: who awaits it fails with its error, not timed out",
    async ({ taskRun }) => {
      const inner = task({ name: "inner", timeoutSeconds: 0.01 }, () => never());
      const outer = task({ name: "outer" }, async () => inner());
      await flow({ name: "f" }, async () => {
        expect((await outer.returnState()).name).toBe("Failed");
      })();
      expect((await taskRun("outer-0")).state?.message).toMatch(
        /exception: TimedOutError: Run inner-0 exceeded/,
      );
    },
  );

  engineTest("does not touch code that is in time, however long the timeout", async () => {
    const quick = task({ name: "quick", timeoutSeconds: 60 }, async () => turns(2));
    const endless = quick.withOptions({ timeoutSeconds: Number.POSITIVE_INFINITY });
    const years = quick.withOptions({ timeoutSeconds: 1e9 });
    await flow({ name: "f" }, async () => {
      for (const each of [quick, endless, years]) {
        expect((await each.returnState()).name).toBe("Completed");
      }
    })();
  });
});
