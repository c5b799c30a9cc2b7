/** What every `TaskRunner` does, wherever its tasks run. */
import { deepStrictEqual } from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { isSluiceError } from "@sluice/protocol";
import { describe, expect, it, vi } from "vitest";
import { flow } from "../flows/flow.ts";
import { runFlow } from "../flows/run-flow-call.ts";
import { unmapped } from "../futures/annotations.ts";
import type { RunProgress } from "../runtime/run-progress.ts";
import { tags } from "../runtime/run-scope.ts";
import type { State } from "../states/state.ts";
import type { TaskRunner } from "../task-runners/task-runner.ts";
import { task } from "../tasks/task.ts";
import { SAMPLES } from "./serializer-samples.ts";
import { inTaskRunnerPlace, type TaskRunnerPlace } from "./task-runner-place.ts";

export interface TaskRunnerSuiteOptions {
  readonly name: string;
  /** A task runner that runs so many tasks at a time. */
  readonly create: (options: { readonly limit: number }) => TaskRunner;
  /** The module `task-runner-tasks`, imported where the workers of the task runner find it too. */
  readonly tasks: typeof import("./task-runner-tasks.ts");
  /** The greatest limit that the task runner knows. Default: any. */
  readonly greatestLimit?: number | undefined;
}

/** Long enough for workers to start on a busy machine. */
const TIMEOUT_MS = 60_000;
const PATIENCE = { timeout: 20_000, interval: 10 };

/** Registers the conformance tests of a task runner. */
export function taskRunnerSuite(options: TaskRunnerSuiteOptions): void {
  const { isInProcess } = options.create({ limit: 1 }).capabilities;
  describe(`${options.name} as a task runner`, () => {
    describe("values and errors", () => valueTests(options));
    describe("order", () => orderTests(options));
    describe("the life of a task run", () => runTests(options));
    describe("what a task knows and tells", () => contextTests(options));
    describe("stopping", () => stopTests(options));
    describe("tasks inside tasks", () => nestingTests(options));
    describe("persisted results", () => resultTests(options));
    describe.skipIf(isInProcess)("what cannot leave the process", () => refusalTests(options));
    describe("sessions", () => sessionTests(options));
  });
}

/** A test with a place of its own. */
function check(behaviour: string, body: (place: TaskRunnerPlace) => Promise<void>): void {
  it(behaviour, () => inTaskRunnerPlace(body), TIMEOUT_MS);
}

/** Runs `body` as a flow with this task runner; gives the final state and the counts. */
async function inFlow<R>(
  taskRunner: TaskRunner,
  body: () => R,
  signal?: AbortSignal,
): Promise<{ readonly state: State; readonly progress: RunProgress | undefined }> {
  let progress: RunProgress | undefined;
  const suite = flow({ name: "suite", taskRunner }, body);
  const state = await runFlow(suite, {
    signal,
    watchesSignals: false,
    onBegin: (run) => {
      progress = run.progress;
    },
  });
  return { state, progress };
}

/** The value of `body`, run as a flow. */
async function valueInFlow<R>(taskRunner: TaskRunner, body: () => Promise<R>): Promise<R> {
  const { state } = await inFlow(taskRunner, async () => ({ value: await body() }));
  return ((await state.result()) as { value: R }).value;
}

function valueTests({ create, tasks }: TaskRunnerSuiteOptions): void {
  check("arguments and results keep rich values", async () => {
    const given = Object.values(SAMPLES);
    const received = await valueInFlow(create({ limit: 1 }), () => tasks.echo.map(given).result());
    deepStrictEqual(received, given);
  });

  check("megabytes pass", async () => {
    const bytes = new Uint8Array(3_000_000).fill(7);
    const received = await valueInFlow(create({ limit: 1 }), () => tasks.echo.submit(bytes).result());
    deepStrictEqual(received, bytes);
  });

  check("an error comes back with its class, fields and cause", async () => {
    const { state } = await inFlow(create({ limit: 1 }), () => tasks.fail.submit("sorry"));
    const error = state.data?.kind === "error" ? state.data.error : undefined;
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: "sorry", code: "E_SUITE" });
    const cause = (error as RangeError).cause as Map<string, unknown>;
    expect(cause.get("reason")).toBeInstanceOf(TypeError);
    expect(String((error as RangeError).stack)).toContain("task-runner-tasks");
  });

  check("whatever is thrown comes back", async () => {
    await valueInFlow(create({ limit: 1 }), async () => {
      await expect(tasks.throwText.submit().result()).rejects.toBe("not an error");
    });
  });

  check("a returned state is the state of the run", async () => {
    await valueInFlow(create({ limit: 1 }), async () => {
      const state = await tasks.giveFailed.submit().wait();
      expect(state).toMatchObject({ type: "FAILED", name: "Sour", message: "on purpose" });
    });
  });
}

function orderTests({ create, tasks, greatestLimit = 2 }: TaskRunnerSuiteOptions): void {
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

function runTests({ create, tasks }: TaskRunnerSuiteOptions): void {
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

function contextTests({ create, tasks }: TaskRunnerSuiteOptions): void {
  check("a task knows its flow run, its own run and its tags", async (place) => {
    const described = flow(
      { name: "described", taskRunner: create({ limit: 1 }), version: "7", tags: ["flow"] },
      async ({ since }: { readonly since: Date }) => {
        const known = await tags("around", () => tasks.describeRun.submit("run"));
        return { known, since };
      },
    );
    const since = new Date(0);
    const { known } = await described({ since });
    const run = await place.taskRun("describe-run");
    expect(known).toMatchObject({
      flowRun: {
        id: run.flow_run_id,
        flowName: "described",
        flowVersion: "7",
        parameters: { since },
        tags: ["flow"],
        runCount: 1,
        parentFlowRunId: undefined,
        rootFlowRunId: run.flow_run_id,
      },
      taskRun: { id: run.id, name: "describe-run", taskName: "describe-run", runCount: 1 },
      ambient: ["flow", "around"],
      isAborted: false,
    });
    expect(run.tags).toEqual(["flow", "around", "own"]);
  });

  check("what a task logs and prints is in the log of its run", async (place) => {
    await inFlow(create({ limit: 1 }), () => tasks.describeRun.submit("log"));
    const run = await place.taskRun("describe-log");
    const lines = await place.logs(run);
    const messages = lines.map(({ name, message }) => [name, message]);
    expect(messages).toContainEqual(["sluice.task_runs", expect.stringMatching(/^Described .*subject=log/)]);
    expect(messages).toContainEqual(["sluice.task_runs", "printed log"]);
    expect(lines.every(({ flow_run_id }) => flow_run_id === run.flow_run_id)).toBe(true);
  });
}

function stopTests({ create, tasks }: TaskRunnerSuiteOptions): void {
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

function nestingTests({ create, tasks }: TaskRunnerSuiteOptions): void {
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

function resultTests({ create, tasks }: TaskRunnerSuiteOptions): void {
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

function refusalTests({ create, tasks }: TaskRunnerSuiteOptions): void {
  check("an argument that cannot be serialised, naming parameter and path", async (place) => {
    await valueInFlow(create({ limit: 1 }), async () => {
      const state = await tasks.echo.submit({ deep: [{ handler: () => 1 }] }).wait();
      expect(state.type).toBe("FAILED");
      expect(state.message).toContain('Argument value of task "echo"');
      expect(state.message).toContain("value.deep[0].handler is the function handler");
      await expect(state.result()).rejects.toMatchObject({ code: "SERIALIZATION" });
      expect(await tasks.echo.submit("next")).toBe("next");
    });
    expect((await place.taskRuns())[0]?.state_type).toBe("FAILED");
  });

  check("a result that cannot be serialised", async (place) => {
    await valueInFlow(create({ limit: 1 }), async () => {
      const state = await tasks.leak.submit().wait();
      expect(state.type).toBe("FAILED");
      expect(state.message).toContain("result.inner.handler is the function handler");
      await expect(state.result()).rejects.toMatchObject({ code: "SERIALIZATION" });
    });
    const run = await place.taskRun("leak");
    expect(await place.stateNames(run)).toEqual(["Pending", "Running", "Failed"]);
  });

  check("a task that is not exported", async () => {
    const closure = task({ name: "closure" }, async () => 1);
    await valueInFlow(create({ limit: 1 }), async () => {
      const state = await closure.submit().wait();
      expect(state.type).toBe("FAILED");
      expect(state.message).toMatch(/Task "closure" cannot run.*does not export it.*export const … = task/);
      await expect(state.result()).rejects.toMatchObject({ code: "TASK_REFERENCE" });
    });
  });

  check("an option that is a function, given with withOptions", async () => {
    const changed = tasks.add.withOptions({ onCompletion: () => undefined });
    await valueInFlow(create({ limit: 1 }), async () => {
      const state = await changed.submit(1, 1).wait();
      expect(state.message).toContain(
        "the option onCompletion, given with withOptions, cannot be sent there",
      );
      await expect(state.result()).rejects.toMatchObject({ code: "TASK_REFERENCE" });
    });
  });
}

function sessionTests({ create, tasks }: TaskRunnerSuiteOptions): void {
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
