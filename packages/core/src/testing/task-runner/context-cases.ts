/** What a task knows of its run, and what it tells. */
import { expect } from "vitest";
import { flow } from "../../flows/flow.ts";
import { tags } from "../../runtime/run-scope.ts";
import { check, inFlow } from "./check.ts";
import type { TaskRunnerSuiteOptions } from "./suite-options.ts";

export function contextTests({ create, tasks }: TaskRunnerSuiteOptions): void {
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
