/** What a server shows of flows that ran here; every server that speaks the contract has to. */
import { expect, vi } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { runLogger } from "../../src/runtime/run-logger.ts";
import { task } from "../../src/tasks/task.ts";
import type { ServerUnderTest } from "./server-under-test.ts";

export function flowCases({ rest, test }: ServerUnderTest): void {
  test("shows a flow run with its parameters, tags, tasks, inputs, states and logs", async () => {
    const double = task({ name: "double", tags: ["math"] }, async (value: number) => {
      runLogger().info("Doubled", { value });
      return value * 2;
    });
    const sum = task({ name: "sum" }, async (left: number, right: number) => left + right);
    const numbers = flow(
      { name: "numbers", tags: ["shown"], version: "7" },
      async ({ first }: { first: number }) => {
        runLogger().warn("Here we go");
        const left = double.submit(first);
        return sum(await double(first), left);
      },
    );
    expect(await numbers({ first: 3 })).toBe(12);

    const run = await rest().flowRun("numbers");
    expect(run).toMatchObject({
      state_name: "Completed",
      parameters: { first: 3 },
      tags: ["shown"],
      flow_version: "7",
      run_count: 1,
    });
    expect(await rest().stateNames(run)).toEqual(["Pending", "Running", "Completed"]);
    const tasks = await rest().taskRuns(run.id, 3);
    const [submitted, total] = [tasks.get("double-0"), tasks.get("sum-0")];
    if (submitted === undefined || total === undefined)
      throw new Error(`There are ${[...tasks.keys()].join()}.`);
    expect(submitted).toMatchObject({ state_name: "Completed", tags: ["shown", "math"], run_count: 1 });
    expect(total.task_inputs["right"]).toEqual([{ input_type: "task_run", id: submitted.id }]);
    expect(await rest().stateNames(submitted)).toEqual(["Pending", "Running", "Completed"]);
    expect((await rest().logs(run.id, "sluice.flow_runs")).map(({ message }) => message)).toEqual([
      "Here we go",
    ]);
    const lines = await rest().logs(run.id, "sluice.task_runs");
    expect(lines.map(({ message }) => message)).toEqual(["Doubled value=3", "Doubled value=3"]);
    expect(lines.map((line) => line.task_run_id)).toContain(submitted.id);
  });

  test("shows sub-flows under their parent, with what they were given", async () => {
    const load = task({ name: "load" }, async () => ({ rows: 5 }));
    const inner = flow({ name: "inner-flow" }, async ({ table }: { table: { rows: number } }) => table.rows);
    const outer = flow({ name: "outer-flow" }, async () => inner({ table: await load() }));
    expect(await outer()).toBe(5);

    const [parent, child] = [await rest().flowRun("outer-flow"), await rest().flowRun("inner-flow")];
    const tasks = await rest().taskRuns(parent.id, 2);
    const tracking = tasks.get("inner-flow-0");
    expect(child.parent_task_run_id).toBe(tracking?.id);
    expect(tracking).toMatchObject({
      state_name: "Completed",
      state: { state_details: { child_flow_run_id: child.id } },
    });
    expect(tracking?.task_inputs["table"]).toEqual([{ input_type: "task_run", id: tasks.get("load-0")?.id }]);
  });

  test("takes flows with more parameters than it keeps", async () => {
    const text = "ü".repeat(60_000);
    const long = flow(
      { name: "long-words" },
      async ({ a, b }: { a: string; b: string }) => a.length + b.length,
    );
    expect(await long({ a: text, b: text })).toBe(120_000);
    expect((await rest().flowRun("long-words")).parameters).toEqual({ a: text, b: "<59 kB, not kept>" });
  });

  test("shows why a flow and its task failed", async () => {
    const breaks = task({ name: "breaks" }, async () => {
      throw new TypeError("no such column");
    });
    await expect(flow({ name: "broken" }, () => breaks())()).rejects.toThrow("no such column");
    const run = await rest().flowRun("broken");
    expect(run.state).toMatchObject({ type: "FAILED", name: "Failed" });
    expect(run.state?.message).toContain("no such column");
    const failed = (await rest().taskRuns(run.id, 1)).get("breaks-0");
    expect(failed?.state?.message).toBe("Task run encountered an exception: TypeError: no such column");
  });

  test("decides retries of flows, and is told of those of tasks", async () => {
    let attempts = 0;
    let tries = 0;
    const flaky = task({ name: "flaky", retries: 2, retryDelaySeconds: 0.05 }, async () => {
      tries += 1;
      if (tries === 1) throw new Error("once");
    });
    const retried = flow({ name: "retried", retries: 1, retryDelaySeconds: 0.2 }, async () => {
      attempts += 1;
      if (attempts === 1) throw new Error("not yet");
      await flaky();
      return attempts;
    });
    expect(await retried()).toBe(2);
    const run = await rest().flowRun("retried");
    expect(run).toMatchObject({ run_count: 2 });
    expect(await rest().stateNames(run)).toEqual([
      "Pending",
      "Running",
      "AwaitingRetry",
      "Running",
      "Completed",
    ]);
    const [flakyRun] = [...(await rest().taskRuns(run.id, 1)).values()];
    if (flakyRun === undefined) throw new Error("no task run");
    expect(flakyRun).toMatchObject({ run_count: 2, flow_run_run_count: 2 });
    const names = ["Pending", "Running", "AwaitingRetry", "Retrying", "Completed"];
    expect(await rest().stateNames(flakyRun)).toEqual(names);
  });

  test("has every one of a hundred mapped tasks", async () => {
    const square = task({ name: "square" }, async (value: number) => value * value);
    const squares = flow({ name: "squares" }, () =>
      square.map(Array.from({ length: 100 }, (_, index) => index)),
    );
    expect(await squares()).toHaveLength(100);
    const run = await rest().flowRun("squares");
    const body = {
      flow_runs: { id: { any_: [run.id] } },
      task_runs: { state: { type: { any_: ["COMPLETED"] } } },
    };
    await vi.waitFor(async () => expect(await rest().post("/task_runs/count", body)).toBe(100), {
      timeout: 30_000,
      interval: 200,
    });
  });
}
