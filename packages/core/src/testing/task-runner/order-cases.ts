/** Which tasks run when, and tasks inside tasks. */
import { mkdir } from "node:fs/promises";
import { expect } from "vitest";
import { unmapped } from "../../futures/annotations.ts";
import { check, inFlow, valueInFlow } from "./check.ts";
import type { TaskRunnerSuiteOptions } from "./suite-options.ts";

export function orderTests({ create, tasks, greatestLimit = 2 }: TaskRunnerSuiteOptions): void {
  const limit = Math.min(2, greatestLimit);

  check("as many tasks run at a time as the limit allows, and no more", async (place) => {
    const most = await valueInFlow(create({ limit }), async () => {
      const seen: number[] = [];
      for (const round of ["one", "two"]) {
        const directory = place.path(round);
        await mkdir(directory);
        const meetings = Array.from({ length: limit }, () => tasks.meet.submit(directory, limit));
        for (const meeting of meetings) seen.push(await meeting);
      }
      const directory = place.path("crowd");
      await mkdir(directory);
      const crowd = tasks.meet.map(
        Array.from({ length: 4 * limit }, () => directory),
        unmapped(1),
      );
      return Math.max(...seen, ...(await crowd));
    });
    expect(most).toBe(limit);
  });

  check("chained maps go depth first", async (place) => {
    const path = place.path("order");
    const numbers = Array.from({ length: 12 }, (_, index) => index);
    await valueInFlow(create({ limit: 1 }), async () => {
      const first = tasks.stage.map(unmapped("a"), numbers, unmapped(path));
      const second = tasks.stage.map(unmapped("b"), first, unmapped(path));
      expect(await second).toEqual(numbers);
    });
    const order = await tasks.linesOf(path);
    expect(order).toHaveLength(24);
    expect(order.indexOf("b0")).toBeLessThan(6);
    expect(order.indexOf("b8")).toBeLessThan(order.indexOf("a11"));
  });

  check("a task begins after what it depends on, with its value", async () => {
    const { state } = await inFlow(create({ limit }), () => {
      const two = tasks.add.submit(1, 1);
      const three = tasks.add.submit(two, 1);
      return tasks.add.submit(two, three);
    });
    expect(await state.result()).toBe(5);
  });

  check("a task whose upstream failed is not ready", async (place) => {
    await valueInFlow(create({ limit: 1 }), async () => {
      const failed = tasks.fail.submit("upstream");
      const dependent = tasks.echo.submit(failed);
      expect((await dependent.wait()).name).toBe("NotReady");
      await expect(dependent.result()).rejects.toMatchObject({ code: "UPSTREAM_TASK" });
    });
    const run = await place.taskRun("echo");
    expect(run).toMatchObject({ state_type: "PENDING", state_name: "NotReady", run_count: 0 });
  });

  check("a thousand tasks run, each once, and are in the history", async (place) => {
    const numbers = Array.from({ length: 1000 }, (_, index) => index);
    const { state, progress } = await inFlow(create({ limit }), () => tasks.echo.map(numbers));
    expect(await state.result()).toEqual(numbers);
    const runs = await place.taskRuns();
    expect(runs).toHaveLength(1000);
    expect(runs.filter((run) => run.state_type !== "COMPLETED" || run.run_count !== 1)).toEqual([]);
    expect(progress?.byStateName()).toEqual({ Completed: 1000 });
  });
}

export function nestingTests({ create, tasks }: TaskRunnerSuiteOptions): void {
  check("tasks called, submitted and mapped by tasks run at limit 1 without deadlock", async (place) => {
    const { state, progress } = await inFlow(create({ limit: 1 }), () => tasks.nest.map([[1, 2, 3], [4]]));
    expect(await state.result()).toEqual([15, 7]);
    const runs = await place.taskRuns();
    expect(runs).toHaveLength(10);
    expect(runs.every((run) => run.state_type === "COMPLETED")).toBe(true);
    expect(new Set(runs.map((run) => `${run.task_key} ${run.dynamic_key}`)).size).toBe(10);
    const outer = runs.filter((run) => run.name.startsWith("nest")).map((run) => run.id);
    const inner = runs.filter((run) => run.name.startsWith("add"));
    for (const run of inner) {
      expect(run.task_inputs["__parents__"]).toEqual([{ input_type: "task_run", id: expect.anything() }]);
      expect(outer).toContain(run.task_inputs["__parents__"]?.map((input) => "id" in input && input.id)[0]);
    }
    expect(inner.filter((run) => run.tags.includes("inner"))).toHaveLength(4);
    expect(progress).toMatchObject({ total: 10 });
    expect(progress?.byStateName()).toEqual({ Completed: 10 });
  });

  check("a failure inside a task that nobody looks at fails the flow", async () => {
    const { state } = await inFlow(create({ limit: 1 }), async () => {
      expect(await tasks.nestUnseen.submit()).toBe("fine");
    });
    expect(state.type).toBe("FAILED");
    expect(state.message).toContain("1 submitted task run(s) did not complete and nothing awaited them");
  });

  check("a task may call a flow", async (place) => {
    expect(await valueInFlow(create({ limit: 1 }), () => tasks.nestFlow.submit(41).result())).toBe(42);
    const outer = await place.taskRun("nest-flow");
    const inner = await place.taskRun("add");
    expect(inner.state_type).toBe("COMPLETED");
    expect(inner.flow_run_id).not.toBe(outer.flow_run_id);
    expect((await place.taskRun("inner-flow")).state_type).toBe("COMPLETED");
  });
}
