/** Arguments, results and errors on their way, and what cannot go it. */
import { deepStrictEqual } from "node:assert/strict";
import { expect } from "vitest";
import { task } from "../../tasks/task.ts";
import { SAMPLES } from "../serializer-samples.ts";
import { check, inFlow, valueInFlow } from "./check.ts";
import type { TaskRunnerSuiteOptions } from "./suite-options.ts";

export function valueTests({ create, tasks }: TaskRunnerSuiteOptions): void {
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

export function refusalTests({ create, tasks }: TaskRunnerSuiteOptions): void {
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
