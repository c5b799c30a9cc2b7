/** The life of a task run: retries, timeouts, hooks, options, persisted results. */
import { isSluiceError } from "@sluice/protocol";
import { expect, vi } from "vitest";
import { check, inFlow, PATIENCE, valueInFlow } from "./check.ts";
import type { TaskRunnerSuiteOptions } from "./suite-options.ts";

export function runTests({ create, tasks }: TaskRunnerSuiteOptions): void {
  check("retries are made and counted", async (place) => {
    const { state, progress } = await inFlow(create({ limit: 1 }), () =>
      tasks.flaky.submit(place.path("attempts"), 3),
    );
    expect(await state.result()).toBe(3);
    expect(await tasks.linesOf(place.path("attempts"))).toEqual(["1", "2", "3"]);
    const run = await place.taskRun("flaky");
    expect(run).toMatchObject({ run_count: 3, state_name: "Completed" });
    expect(await place.stateNames(run)).toEqual([
      "Pending",
      "Running",
      "AwaitingRetry",
      "Retrying",
      "AwaitingRetry",
      "Retrying",
      "Completed",
    ]);
    expect(progress).toMatchObject({ retries: 2, total: 1 });
    expect(progress?.byStateName()).toEqual({ Completed: 1 });
  });

  check("history tells when a run was expected, began and ended", async (place) => {
    await inFlow(create({ limit: 1 }), () => tasks.echo.submit(1));
    const run = await place.taskRun("echo");
    const { expected_start_time: expected, start_time: start, end_time: end } = run;
    expect([expected, start, end].map(String).toSorted()).toEqual([expected, start, end]);
    expect(run.task_key).toMatch(/^echo-[0-9a-f]{8}$/);
    expect(run.dynamic_key).toBe("0");
    expect(run.total_run_time).toBeGreaterThan(0);
  });

  check("a timeout ends a task that waits", async (place) => {
    await valueInFlow(create({ limit: 1 }), async () => {
      const state = await tasks.slow.submit(place.path("end")).wait();
      expect(state).toMatchObject({ type: "FAILED", name: "TimedOut" });
      await expect(state.result()).rejects.toSatisfy((error) => isSluiceError(error, "TIMED_OUT"));
    });
    await vi.waitFor(
      async () => expect(await tasks.linesOf(place.path("end"))).toEqual(["aborted"]),
      PATIENCE,
    );
    expect((await place.taskRun("slow")).state_name).toBe("TimedOut");
  });

  check("hooks are called where the task runs", async (place) => {
    await valueInFlow(create({ limit: 1 }), async () => {
      await tasks.hooked.submit(place.path("good"), false).wait();
      await tasks.hooked.submit(place.path("bad"), true).wait();
    });
    expect(await tasks.linesOf(place.path("good"))).toEqual(["Running", "Completed"]);
    expect(await tasks.linesOf(place.path("bad"))).toEqual(["Running", "Failed"]);
  });

  check("a durable run is in the history before its caller goes on", async (place) => {
    await valueInFlow(create({ limit: 1 }), async () => {
      expect(await tasks.add.withOptions({ durable: true }).submit(1, 2)).toBe(3);
      expect(await place.recordedTaskRuns()).toMatchObject([{ name: "add-0", state_type: "COMPLETED" }]);
    });
  });

  check("options changed with withOptions hold", async (place) => {
    const changed = tasks.flaky.withOptions({ name: "changed", retries: 1, tags: ["more"], version: "2" });
    await valueInFlow(create({ limit: 1 }), async () => {
      const state = await changed.submit(place.path("attempts"), 3).wait();
      expect(state.message).toContain("attempt 2");
    });
    const run = await place.taskRun("changed");
    expect(run).toMatchObject({ run_count: 2, tags: ["more"], task_version: "2", state_type: "FAILED" });
    expect(run.empirical_policy.retries).toBe(1);
  });
}

export function resultTests({ create, tasks }: TaskRunnerSuiteOptions): void {
  for (const name of ["kept", "stored"] as const) {
    check(`a result is found again by its inputs (${name})`, async (place) => {
      const path = place.path("runs");
      for (const stateName of ["Completed", "Cached"]) {
        await valueInFlow(create({ limit: 1 }), async () => {
          const state = await tasks[name].submit(path).wait();
          expect(state.name).toBe(stateName);
          expect(await state.result()).toEqual({ at: new Date(86_400_000) });
          expect(state.data?.kind).toBe(name === "kept" ? "value" : "stored");
        });
      }
      expect(await tasks.linesOf(path)).toEqual(["run"]);
      const [first, second] = await place.taskRuns();
      expect(first?.cache_key).toBeTypeOf("string");
      expect(second).toMatchObject({ cache_key: first?.cache_key, state_name: "Cached" });
    });
  }
}
