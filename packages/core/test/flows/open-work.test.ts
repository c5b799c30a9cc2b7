import { describe, expect } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest } from "../engine-fixture.ts";

const later = <T>(value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, 20, value));

describe("a flow run whose function has ended", () => {
  engineTest(
    "waits for tasks and sub-flows that were called and not awaited",
    async ({ taskRun, stateNames }) => {
      const slow = task({ name: "slow" }, () => later(1));
      const step = task({ name: "step" }, () => later(2));
      const child = flow({ name: "child" }, async () => step());
      const parent = flow({ name: "parent" }, async () => {
        void slow();
        void child();
        return "done";
      });
      expect(await parent()).toBe("done");
      expect(await stateNames(await taskRun("slow"))).toEqual(["Pending", "Running", "Completed"]);
      expect((await taskRun("child")).state_name).toBe("Completed");
    },
  );

  engineTest("waits for the others when one of several calls has failed", async ({ taskRun }) => {
    const slow = task({ name: "slow" }, () => later(1));
    const bad = task({ name: "bad" }, async () => {
      throw new Error("at once");
    });
    const both = flow({ name: "both" }, async () => Promise.all([slow(), bad()]));
    expect((await both.returnState()).isFailed()).toBe(true);
    expect((await taskRun("slow")).state_type).toBe("COMPLETED");
  });

  engineTest(
    "leaves no called task Running when it is cancelled and a task does not stop",
    async ({ taskRun }) => {
      const stop = new AbortController();
      const deaf = task({ name: "deaf" }, () => {
        stop.abort(new Error("enough"));
        return new Promise<never>(() => undefined);
      });
      const polite = task({ name: "polite" }, () => {
        const { signal } = runContext();
        return new Promise<never>((_, reject) =>
          signal.addEventListener("abort", () => reject(signal.reason)),
        );
      });
      const both = flow({ name: "both", signal: stop.signal }, async () => Promise.all([polite(), deaf()]));
      expect((await both.returnState()).isCancelled()).toBe(true);
      expect((await taskRun("deaf")).state_type).toBe("CANCELLED");
    },
  );
});

describe("a listener of an abort signal", () => {
  engineTest("runs as code of the run that is told to stop", async () => {
    const stop = new AbortController();
    const seen: unknown[] = [];
    const listening = task({ name: "listening" }, () => {
      const { signal } = runContext();
      return new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => {
          seen.push(runContext().taskRun?.taskName, runContext().flowRun?.flowName);
          resolve();
        });
        stop.abort();
      });
    });
    await flow({ name: "outer", signal: stop.signal }, async () => listening()).returnState();
    expect(seen).toEqual(["listening", "outer"]);
  });
});
