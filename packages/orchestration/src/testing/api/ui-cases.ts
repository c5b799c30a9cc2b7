/** Cases of the API suite on what Prefect's user interface asks for. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { createRun, engineRecord, engineState, inSeconds, type OpenApi } from "./open-api.ts";

export function uiCases(open: OpenApi): void {
  it("shows runs that started as points", async () => {
    const api = await open();
    const run = await createRun(api, { type: "RUNNING" });
    await createRun(api, { type: "SCHEDULED" });
    expect(await api.ui.flowRunHistory({})).toEqual([
      {
        id: run.id,
        state_type: "RUNNING",
        timestamp: run.start_time,
        duration: expect.any(Number),
        lateness: expect.any(Number),
      },
    ]);
  });

  it("counts task runs and deployments by their owners", async () => {
    const api = await open();
    const [run, other] = [await createRun(api), await createRun(api)];
    for (const dynamic_key of ["0", "1"]) {
      await api.taskRuns.create({ flow_run_id: run.id, task_key: "t", dynamic_key });
    }
    await api.deployments.create({ name: "d", flow_id: run.flow_id });
    expect(await api.ui.countTaskRuns({ flow_run_ids: [run.id, other.id] })).toEqual({
      [run.id]: 2,
      [other.id]: 0,
    });
    expect(await api.ui.countDeployments({ flow_ids: [run.flow_id, other.flow_id] })).toEqual({
      [run.flow_id]: 1,
      [other.flow_id]: 0,
    });
    expect(await api.ui.countTaskRunStates({})).toMatchObject({ PENDING: 2, COMPLETED: 0 });
  });

  it("knows the next run of each flow", async () => {
    const api = await open();
    const { flow_id } = await createRun(api);
    const scheduled = (seconds: number) =>
      api.flowRuns.create({
        flow_id,
        state: { type: "SCHEDULED", state_details: { scheduled_time: inSeconds(seconds) } },
      });
    await scheduled(200);
    const next = await scheduled(100);
    const none = newId();
    expect(await api.ui.nextRuns({ flow_ids: [flow_id, none] })).toMatchObject({
      [flow_id]: { id: next.id, flow_id, name: next.name, state_type: "SCHEDULED", state_name: "Scheduled" },
      [none]: null,
    });
  });

  it("counts task runs that ended, in 20 spans", async () => {
    const api = await open();
    const run = await createRun(api, { type: "RUNNING" });
    const record = (type: "COMPLETED" | "FAILED" | "RUNNING") =>
      engineRecord(run.id, [engineState(type, inSeconds(-1))], { start_time: inSeconds(-30) });
    await api.taskRuns.record([record("COMPLETED"), record("FAILED"), record("FAILED"), record("RUNNING")]);
    const task_runs = { start_time: { after_: inSeconds(-60) } };
    const counts = await api.ui.dashboardTaskRuns({ task_runs });
    expect(counts).toHaveLength(20);
    expect(counts.reduce((sum, { completed }) => sum + completed, 0)).toBe(1);
    expect(counts.reduce((sum, { failed }) => sum + failed, 0)).toBe(2);
    await expect(api.ui.dashboardTaskRuns({})).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("gives a task run with the name of its flow run", async () => {
    const api = await open();
    const run = await createRun(api);
    const { id } = await api.taskRuns.create({ flow_run_id: run.id, task_key: "t", dynamic_key: "0" });
    expect(await api.ui.taskRun(id)).toMatchObject({ id, flow_run_name: run.name });
    await expect(api.ui.taskRun(newId())).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  it("checks values by a schema", async () => {
    const api = await open();
    const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
    expect(await api.ui.checkSchema({ schema, values: { n: 1 } })).toEqual({ valid: true, errors: [] });
    expect(await api.ui.checkSchema({ schema, values: { n: "1" } })).toMatchObject({ valid: false });
    const malformed = api.ui.checkSchema({ schema: { type: 1 }, values: {} });
    await expect(malformed).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });
}
