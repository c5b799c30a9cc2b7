import { isSluiceError } from "@sluice/protocol";
import { describe, expect } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { task } from "../../src/tasks/task.ts";
import { deferred, engineTest, turns } from "../engine-fixture.ts";

const double = task({ name: "double" }, async (n: number) => n * 2);
const fails = task({ name: "fails" }, async (): Promise<number> => {
  throw new TypeError("bang");
});

function inFlow(work: () => Promise<void>): Promise<void> {
  return flow({ name: "f" }, work)();
}

describe("a future", () => {
  engineTest("gives its value to await, result, then and finally", async () => {
    await inFlow(async () => {
      const future = double.submit(1);
      let finished = false;
      expect(await future.finally(() => (finished = true))).toBe(2);
      expect(finished).toBe(true);
      expect(await future.result()).toBe(2);
      expect(await future.then((n) => n + 1)).toBe(3);
      expect(await future.catch(() => -1)).toBe(2);
    });
  });

  engineTest("gives its error to catch and result", async () => {
    await inFlow(async () => {
      const future = fails.submit();
      expect(await future.catch(() => -1)).toBe(-1);
      await expect(future.result()).rejects.toThrow("bang");
      expect(await future.result({ raiseOnFailure: false })).toBeInstanceOf(TypeError);
    });
  });

  engineTest("shows the states of its run as they come", async () => {
    const gate = deferred();
    const seen: string[] = [];
    const slow = task({ name: "slow", retries: 1 }, async () => {
      await gate.promise;
      throw new Error("no");
    });
    await inFlow(async () => {
      const future = slow.submit();
      seen.push(future.state.name);
      await turns();
      seen.push(future.state.name);
      gate.resolve();
      seen.push((await future.wait()).name);
      seen.push(future.state.name);
    });
    expect(seen).toEqual(["Pending", "Running", "Failed", "Failed"]);
  });

  engineTest("waits no longer than it is told; its run goes on", async () => {
    const gate = deferred();
    const slow = task({ name: "slow" }, async () => {
      await gate.promise;
      return "done";
    });
    await inFlow(async () => {
      const future = slow.submit();
      const error = await future.wait({ timeoutSeconds: 0.01 }).catch((reason: unknown) => reason);
      expect(isSluiceError(error, "WAIT_TIMEOUT")).toBe(true);
      expect((error as Error).message).toBe("Task run slow-0 did not end within 0.01 second(s); it goes on.");
      await expect(future.result({ timeoutSeconds: 0 })).rejects.toThrow(/did not end within 0 second/);
      gate.resolve();
      expect(await future.result({ timeoutSeconds: 60 })).toBe("done");
      expect(await future.result({ timeoutSeconds: Number.POSITIVE_INFINITY })).toBe("done");
    });
  });

  engineTest("waits for any time that a number can say", async () => {
    const gate = deferred();
    const slow = task({ name: "slow" }, () => gate.promise);
    await inFlow(async () => {
      const future = slow.submit();
      const waits = [
        future.wait({ timeoutSeconds: Number.POSITIVE_INFINITY }),
        future.wait({ timeoutSeconds: 1e9 }),
      ];
      await turns(5);
      gate.resolve();
      await Promise.all(waits);
    });
  });

  engineTest("refuses a time that is none", async () => {
    await inFlow(async () => {
      const future = double.submit(1);
      for (const timeoutSeconds of [-1, Number.NaN]) {
        await expect(fails.submit().wait({ timeoutSeconds })).rejects.toThrow(
          `timeoutSeconds must be a number of seconds ≥ 0, not ${timeoutSeconds}.`,
        );
      }
      await future;
    });
  });

  engineTest("stops waiting when the signal aborts; its run goes on", async () => {
    const gate = deferred();
    const slow = task({ name: "slow" }, async () => {
      await gate.promise;
      return "done";
    });
    await inFlow(async () => {
      const future = slow.submit();
      const controller = new AbortController();
      const waiting = future.wait({ signal: controller.signal });
      controller.abort(new Error("enough"));
      await expect(waiting).rejects.toThrow("enough");
      await expect(future.wait({ signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
      gate.resolve();
      expect(await future).toBe("done");
    });
  });
});

describe("a list of futures", () => {
  engineTest("can be indexed, iterated and awaited", async () => {
    await inFlow(async () => {
      const list = double.map([1, 2, 3]);
      expect(list.length).toBe(3);
      expect(list.isComplete).toBe(true);
      expect(await list.at(0)).toBe(2);
      expect(await list.at(-1)).toBe(6);
      expect(list.at(3)).toBeUndefined();
      // oxlint-disable-next-line typescript/await-thenable -- the list's futures are awaited, which the rule does not see
      expect(await Promise.all(list)).toEqual([2, 4, 6]);
      expect(await list.result()).toEqual([2, 4, 6]);
      expect(list.known()).toHaveLength(3);
    });
  });

  engineTest("waits for all of it no longer than it is told", async () => {
    const gate = deferred();
    const slow = task({ name: "slow" }, (_: number) => gate.promise);
    await inFlow(async () => {
      const list = slow.map([1, 2, 3]);
      await expect(list.wait({ timeoutSeconds: 0.01 })).rejects.toThrow(/did not end within 0.01 second/);
      const controller = new AbortController();
      const waiting = list.result({ signal: controller.signal });
      controller.abort(new Error("enough"));
      await expect(waiting).rejects.toThrow("enough");
      gate.resolve();
      await list;
    });
  });

  engineTest("waits for a source that does not end no longer than it is told", async () => {
    const gate = deferred();
    async function* source(): AsyncGenerator<number> {
      yield 1;
      await gate.promise;
    }
    await inFlow(async () => {
      const list = double.map(source());
      await expect(list.wait({ timeoutSeconds: 0.01 })).rejects.toThrow(/did not end within/);
      gate.resolve();
      expect(await list).toEqual([2]);
    });
  });

  engineTest("rejects with the first error in order, and leaves none unhandled", async () => {
    const late = deferred();
    const odd = task({ name: "odd" }, async (n: number) => {
      if (n === 1) await late.promise;
      throw new Error(`no ${n}`);
    });
    await inFlow(async () => {
      const list = odd.map([1, 2]);
      await list.at(1)?.wait();
      late.resolve();
      await expect(list).rejects.toThrow("no 1");
    });
  });
});
