import { isSluiceError } from "@sluice/protocol";
import { describe, expect } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import type { State } from "../../src/states/state.ts";
import {
  AwaitingRetry,
  Cancelled,
  Completed,
  Crashed,
  Failed,
  Running,
} from "../../src/states/state-factories.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest } from "../engine-fixture.ts";

const double = task({ name: "double" }, async (n: number) => n * 2);
const fails = task({ name: "fails" }, async (): Promise<number> => {
  throw new TypeError("bang");
});

function finalState(work: () => unknown): Promise<State> {
  return flow({ name: "f" }, async () => work()).returnState() as Promise<State>;
}

describe("a flow that returns a state", () => {
  engineTest("ends in it", async ({ flowRuns }) => {
    const skipped = await finalState(() => Completed({ name: "Skipped", message: "nothing new", data: 7 }));
    expect([skipped.name, skipped.message, await skipped.result()]).toEqual(["Skipped", "nothing new", 7]);
    const failed = await finalState(() => Failed({ message: "no rows" }));
    expect([failed.type, failed.message]).toEqual(["FAILED", "no rows"]);
    await expect(failed.result()).rejects.toSatisfy((error) => isSluiceError(error, "FAILED_RUN"));
    const cancelled = await finalState(() => Cancelled({ message: "not today" }));
    expect(cancelled.type).toBe("CANCELLED");
    const crashed = await finalState(() => Crashed());
    expect(crashed.type).toBe("CRASHED");
    expect((await flowRuns("f")).map((run) => run.state_name)).toEqual([
      "Skipped",
      "Failed",
      "Cancelled",
      "Crashed",
    ]);
  });

  engineTest("that is not final fails, and is told what to return", async () => {
    for (const state of [Running(), AwaitingRetry()]) {
      const final = await finalState(() => state);
      expect(final.type).toBe("FAILED");
      expect(final.message).toMatch(
        /^The flow returned a state that is not final: .* Return Completed\(\), Failed\(\) or another final state\.$/,
      );
    }
  });
});

describe("a flow that returns futures or states", () => {
  engineTest("completes with their values when all completed", async () => {
    const cases: [work: () => unknown, value: unknown][] = [
      [() => double.submit(1), 2],
      [() => double.map([1, 2]), [2, 4]],
      [() => [double.submit(1), double.submit(2), "plain"], [2, 4, "plain"]],
      [() => ({ one: double.submit(1), deep: { two: [double.submit(2)] } }), { one: 2, deep: { two: [4] } }],
      [() => new Map([["one", double.submit(1)]]), new Map([["one", 2]])],
      [() => new Set([double.submit(1)]), new Set([2])],
      [async () => [await double.returnState(1), 5], [2, 5]],
      [async () => ({ one: await double.returnState(1) }), { one: 2 }],
      [async () => new Map([["one", await double.returnState(1)]]), new Map([["one", 2]])],
      [async () => new Set([await double.returnState(1)]), new Set([2])],
      [() => ({ list: double.map(new Set([1, 2])) }), { list: [2, 4] }],
    ];
    for (const [work, value] of cases) {
      const state = await finalState(work);
      expect(state.name).toBe("Completed");
      expect(await state.result()).toEqual(value);
    }
  });

  engineTest("fails with their count when some did not complete", async () => {
    const cases: [work: () => unknown, count: string][] = [
      [() => [double.submit(1), fails.submit()], "1/2"],
      [() => ({ a: fails.submit(), b: fails.submit(), c: double.submit(1) }), "2/3"],
      [() => new Map([["a", fails.submit()]]), "1/1"],
      [async () => [await fails.returnState(), await double.returnState(1)], "1/2"],
      [async () => new Set([await fails.returnState()]), "1/1"],
      [() => [double.submit(fails.submit())], "1/1"],
      [() => ({ list: double.map([1, 2]), failed: fails.submit() }), "1/3"],
    ];
    for (const [work, count] of cases) {
      const state = await finalState(work);
      expect(state.type).toBe("FAILED");
      expect(state.message).toMatch(new RegExp(`^${count} states did not complete; the first: `));
      const error = await state.result({ raiseOnFailure: false });
      expect(isSluiceError(error, "FAILED_RUN")).toBe(true);
      expect((error as Error).cause).toBeInstanceOf(Error);
    }
  });

  engineTest("that fails alone fails with the task's error", async () => {
    await expect(flow({ name: "f" }, () => fails.submit())()).rejects.toThrow("bang");
    await expect(flow({ name: "f" }, async () => fails.submit())()).rejects.toThrow(TypeError);
  });
});

describe("a flow that returns anything else", () => {
  engineTest("completes, whatever happened to tasks whose failure somebody saw", async () => {
    const state = await finalState(async () => {
      await fails().catch(() => undefined);
      await fails.submit().wait();
      return "fine";
    });
    expect([state.name, await state.result()]).toEqual(["Completed", "fine"]);
  });

  engineTest("fails when a submitted task failed and nobody looked", async () => {
    const state = await finalState(() => {
      fails.submit();
      double.map([1, 2]);
      fails.submit();
      return "fine";
    });
    expect(state.type).toBe("FAILED");
    expect(state.message).toMatch(
      /^2 submitted task run\(s\) did not complete and nothing awaited them; the first, fails-0: Failed/,
    );
  });

  engineTest("gives rich values as they are", async () => {
    const value = { when: new Date(0), map: new Map([[1, new Set([2])]]), big: 5n };
    expect(await flow({ name: "f" }, () => value)()).toBe(value);
  });
});

describe("a flow that throws", () => {
  engineTest("ends with what it threw, whatever that is", async () => {
    for (const thrown of [new Error("e"), "text", 5, { odd: true }]) {
      const state = await finalState(() => {
        throw thrown;
      });
      expect(await state.result({ raiseOnFailure: false })).toBe(thrown);
    }
    const nothing = await finalState(() => Promise.reject(undefined));
    expect(nothing.type).toBe("FAILED");
    await expect(nothing.result()).rejects.toSatisfy((error) => isSluiceError(error, "FAILED_RUN"));
  });

  engineTest(
    "begins none of the tasks that are still waiting, and lets those end that run",
    async ({ taskRuns }) => {
      const ran: number[] = [];
      const slow = task({ name: "slow", mapWindow: 2 }, async (n: number) => {
        await new Promise((resolve) => setImmediate(resolve));
        ran.push(n);
      });
      const state = await finalState(async () => {
        slow.map(Array.from({ length: 20 }, (_, n) => n));
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error("flow failed");
      });
      expect(state.message).toContain("flow failed");
      expect(ran.length).toBeLessThan(6);
      const runs = await taskRuns("slow-");
      expect(runs).toHaveLength(20);
      const cancelled = runs.filter((run) => run.state_name === "Cancelled");
      expect(cancelled.length).toBe(20 - ran.length);
      expect(cancelled[0]?.state?.message).toBe(
        "The flow run failed before this task run began: flow failed",
      );
    },
  );
});
