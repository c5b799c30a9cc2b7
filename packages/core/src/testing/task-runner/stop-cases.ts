/** Cancellation, and the end of sessions. */
import { expect, vi } from "vitest";
import { check, inFlow, PATIENCE, valueInFlow } from "./check.ts";
import type { TaskRunnerSuiteOptions } from "./suite-options.ts";

export function stopTests({ create, tasks }: TaskRunnerSuiteOptions): void {
  check("a cancelled flow stops the running task and begins no other", async (place) => {
    const controller = new AbortController();
    const path = place.path("began");
    const running = inFlow(
      create({ limit: 1 }),
      async () => {
        const first = tasks.wait.submit(path);
        const second = tasks.wait.submit(path);
        await vi.waitFor(() => expect(first.state.name).toBe("Running"), PATIENCE);
        await vi.waitFor(async () => expect(await tasks.linesOf(path)).toHaveLength(1), PATIENCE);
        expect(second.state.name).toBe("Pending");
        controller.abort(new Error("enough"));
        return [first, second];
      },
      controller.signal,
    );
    const { state, progress } = await running;
    expect(state.type).toBe("CANCELLED");
    expect(await tasks.linesOf(path)).toEqual(["began"]);
    const [first, second] = await place.taskRuns();
    expect(first).toMatchObject({ state_type: "CANCELLED", run_count: 1 });
    expect(second).toMatchObject({ state_type: "CANCELLED", run_count: 0 });
    expect(progress?.byStateName()).toEqual({ Cancelled: 2 });
  });

  check("the signal among a task's options cancels only its runs", async (place) => {
    const controller = new AbortController();
    const path = place.path("began");
    await valueInFlow(create({ limit: 1 }), async () => {
      const cancelled = tasks.wait.withOptions({ signal: controller.signal }).submit(path);
      await vi.waitFor(async () => expect(await tasks.linesOf(path)).toHaveLength(1), PATIENCE);
      controller.abort(new Error("not needed"));
      const state = await cancelled.wait();
      expect(state).toMatchObject({ type: "CANCELLED", message: "Task run was cancelled: not needed" });
      expect(await tasks.add.submit(1, 2)).toBe(3);
    });
    expect(await place.stateNames(await place.taskRun("wait"))).toEqual(["Pending", "Running", "Cancelled"]);
  });
}

export function sessionTests({ create, tasks }: TaskRunnerSuiteOptions): void {
  check("a flow that ends leaves nothing open", async () => {
    const before = openResources();
    await inFlow(create({ limit: 2 }), () => tasks.echo.map([1, 2, 3, 4]));
    await vi.waitFor(() => expect(openResources()).toEqual(before), PATIENCE);
  });

  check("one task runner serves several flow runs at a time", async () => {
    const taskRunner = create({ limit: 1 });
    const states = await Promise.all([1, 2].map((n) => inFlow(taskRunner, () => tasks.add.submit(n, 10))));
    expect(await Promise.all(states.map(({ state }) => state.result()))).toEqual([11, 12]);
  });
}

/** What keeps the process alive, but for timers. */
function openResources(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => /worker|process|pipe|port/i.test(kind))
    .toSorted();
}
