import { describe, expect, it } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { runFlow } from "../../src/flows/run-flow-call.ts";
import { RunProgress } from "../../src/runtime/run-progress.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest } from "../engine-fixture.ts";

describe("progress", () => {
  it("counts runs by the name of their state", () => {
    const progress = new RunProgress();
    for (let index = 0; index < 3; index += 1) progress.move(undefined, "Pending");
    progress.move("Pending", "Running");
    progress.move("Running", "Completed");
    expect([progress.total, progress.byStateName()]).toEqual([3, { Pending: 2, Completed: 1 }]);
  });

  engineTest("of a flow run includes its sub-flows, failures and retries", async () => {
    let attempts = 0;
    const flaky = task({ name: "flaky", retries: 1 }, async () => {
      attempts += 1;
      if (attempts === 1) throw new Error("once");
    });
    const fails = task({ name: "fails" }, async (): Promise<number> => {
      throw new Error("no");
    });
    const after = task({ name: "after" }, async (_: number) => 1);
    const sub = flow({ name: "sub" }, async () => void (await after.map([1, 2, 3])));
    let progress: RunProgress | undefined;
    await runFlow(
      flow({ name: "f" }, async () => {
        await flaky();
        await after.submit(fails.submit()).wait();
        await sub();
      }),
      {
        onBegin: (run) => {
          progress = run.progress;
        },
      },
    );
    expect(progress?.byStateName()).toEqual({ Completed: 4, Failed: 1, NotReady: 1 });
    expect([progress?.total, progress?.retries]).toEqual([6, 1]);
  });
});
