import { describe, expect, it, onTestFinished } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { onAbort } from "../../src/runtime/on-abort.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest, turns, untilAborted } from "../engine-fixture.ts";

/** Warnings of this process from now on. */
function warnings(): string[] {
  const seen: string[] = [];
  const listener = (warning: Error): void => void seen.push(warning.name);
  process.on("warning", listener);
  onTestFinished(() => void process.off("warning", listener));
  return seen;
}

describe("listening to a signal", () => {
  it("calls everybody once, however many there are, and nobody who stopped", async () => {
    const seen = warnings();
    const controller = new AbortController();
    let calls = 0;
    const count = (): void => {
      calls += 1;
    };
    const stops = Array.from({ length: 100 }, () => onAbort(controller.signal, count));
    for (const stop of stops.slice(0, 40)) stop();
    controller.abort();
    expect(calls).toBe(60);
    onAbort(controller.signal, count);
    expect(calls).toBe(61);
    await turns();
    expect(seen).toEqual([]);
  });

  engineTest("that many runs share warns of no leak", async () => {
    const seen = warnings();
    const controller = new AbortController();
    const waits = task({ name: "waits", signal: controller.signal }, (_: number) =>
      untilAborted(runContext().signal),
    );
    const state = await flow({ name: "f", signal: controller.signal }, async () => {
      const list = waits.map(Array.from({ length: 30 }, (_, n) => n));
      const others = Array.from({ length: 30 }, () =>
        untilAborted(runContext().signal).catch(() => "aborted"),
      );
      const limited = list
        .known()
        .map((future) => future.wait({ signal: controller.signal }).catch(() => undefined));
      await turns();
      controller.abort(new Error("enough"));
      await Promise.all([...others, ...limited]);
    }).returnState();
    expect(state.name).toBe("Cancelled");
    await turns();
    expect(seen).toEqual([]);
  });
});
