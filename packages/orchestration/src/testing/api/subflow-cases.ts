/** Cases of the API suite on sub-flow runs and the task runs of their parents that stand for them. */
import type { FlowRun, OrchestrationApi, TaskRun } from "@sluice/protocol";
import { expect, it } from "vitest";
import { createRun, microseconds, type OpenApi, propose } from "./open-api.ts";

interface Family {
  readonly parent: FlowRun;
  readonly tracking: TaskRun;
  readonly child: FlowRun;
}

export function subflowCases(open: OpenApi): void {
  it("shows the states of a sub-flow run on the parent's task run", async () => {
    const api = await open();
    const { parent, tracking, child } = await createFamily(api);
    await propose(api, child.id, { type: "RUNNING" });
    const data = { storage_key: "k", serializer: { type: "json" }, prefect_version: "1" };
    await propose(api, child.id, { type: "COMPLETED", name: "Fertig", message: "m", data });
    const after = await api.taskRuns.get(tracking.id);
    expect(after).toMatchObject({
      state_type: "COMPLETED",
      state_name: "Fertig",
      run_count: 1,
      flow_run_id: parent.id,
    });
    expect(after.state).toMatchObject({ message: "m", data });
    expect(after.state?.state_details).toMatchObject({
      child_flow_run_id: child.id,
      flow_run_id: parent.id,
      task_run_id: tracking.id,
    });
    expect(after.total_run_time).toBeGreaterThan(0);
    expect(microseconds(after.end_time)).toBe(microseconds(after.state?.timestamp));
    const states = await api.taskRuns.states(tracking.id);
    expect(states.map((state) => state.type)).toEqual(["PENDING", "PENDING", "RUNNING", "COMPLETED"]);
    const childStates = await api.flowRuns.states(child.id);
    expect(childStates.at(-1)?.id).not.toBe(states.at(-1)?.id);
    expect(childStates.at(-1)?.state_details).toMatchObject({
      flow_run_id: child.id,
      task_run_id: tracking.id,
    });
  });

  it("shows what was written instead of a rejected state", async () => {
    const api = await open();
    const { tracking, child } = await createFamily(api, { empirical_policy: { retries: 1 } });
    await propose(api, child.id, { type: "RUNNING" });
    await propose(api, child.id, { type: "FAILED" });
    expect(await api.taskRuns.get(tracking.id)).toMatchObject({
      state_name: "AwaitingRetry",
      end_time: null,
    });
  });

  it("shows nothing of what was not written", async () => {
    const api = await open();
    const { tracking, child } = await createFamily(api);
    await propose(api, child.id, { type: "PENDING" });
    expect(await api.taskRuns.states(tracking.id)).toHaveLength(2);
  });

  it("does not suspend a sub-flow run", async () => {
    const api = await open();
    const { child } = await createFamily(api);
    await propose(api, child.id, { type: "RUNNING" });
    const suspended = {
      type: "PAUSED",
      name: "Suspended",
      state_details: { pause_reschedule: true },
    } as const;
    expect(await propose(api, child.id, suspended)).toMatchObject({
      status: "ABORT",
      details: { reason: "Cannot suspend subflows." },
    });
  });

  it("goes on when its parent is deleted", async () => {
    const api = await open();
    const { parent, child } = await createFamily(api);
    await api.flowRuns.delete(parent.id);
    expect(await propose(api, child.id, { type: "RUNNING" })).toMatchObject({ status: "ACCEPT" });
  });

  it("finds sub-flow runs by their parent", async () => {
    const api = await open();
    const { parent, tracking, child } = await createFamily(api);
    await createRun(api);
    const ids = async (query: Parameters<typeof api.flowRuns.filter>[0]) =>
      (await api.flowRuns.filter(query)).map((run) => run.id);
    expect(await ids({ flow_runs: { parent_task_run_id: { any_: [tracking.id] } } })).toEqual([child.id]);
    expect(await ids({ flow_runs: { parent_flow_run_id: { any_: [parent.id] } } })).toEqual([child.id]);
  });
}

async function createFamily(
  api: OrchestrationApi,
  members: Parameters<typeof createRun>[2] = {},
): Promise<Family> {
  const parent = await createRun(api, { type: "RUNNING" });
  const tracking = await api.taskRuns.create({
    name: "child-0",
    flow_run_id: parent.id,
    task_key: "child",
    dynamic_key: "0",
  });
  const child = await createRun(api, undefined, { parent_task_run_id: tracking.id, ...members });
  return { parent, tracking, child };
}
