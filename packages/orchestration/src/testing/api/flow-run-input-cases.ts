/** Cases of the API suite on what is sent to flow runs, and on resuming them. */
import { type FlowRun, newId, type OrchestrationApi, type StateCreate } from "@sluice/protocol";
import { expect, it } from "vitest";
import { createRun, inSeconds, type OpenApi, propose } from "./open-api.ts";

const KEYSET = { schema: "paused-1-schema", response: "paused-1-response" };
const SCHEMA = JSON.stringify({
  type: "object",
  properties: { count: { type: "integer" } },
  required: ["count"],
});

export function flowRunInputCases(open: OpenApi): void {
  inputCases(open);
  resumeCases(open);
}

function inputCases(open: OpenApi): void {
  it("keeps text under keys", async () => {
    const api = await open();
    const { id } = await createRun(api);
    const value = '{"a": "ü"}';
    await api.flowRuns.createInput(id, { key: "greeting-1", value, sender: "somebody" });
    expect(await api.flowRuns.getInput(id, "greeting-1")).toBe(value);
    await api.flowRuns.createInput(id, { key: "empty", value: "" });
    expect(await api.flowRuns.getInput(id, "empty")).toBe("");
    expect(await api.flowRuns.filterInput(id, { prefix: "greeting" })).toMatchObject([
      { flow_run_id: id, key: "greeting-1", value, sender: "somebody" },
    ]);
  });

  it("lists the oldest first, one unless asked for more", async () => {
    const api = await open();
    const { id } = await createRun(api);
    for (const key of ["p-c", "p-a", "other", "p-b"]) await api.flowRuns.createInput(id, { key, value: "1" });
    const keys = async (query: Parameters<typeof api.flowRuns.filterInput>[1]) =>
      (await api.flowRuns.filterInput(id, query)).map(({ key }) => key);
    expect(await keys({ prefix: "p-" })).toEqual(["p-c"]);
    expect(await keys({ prefix: "p-", limit: 10 })).toEqual(["p-c", "p-a", "p-b"]);
    expect(await keys({ prefix: "p-", limit: 10, exclude_keys: ["p-a"] })).toEqual(["p-c", "p-b"]);
  });

  it("refuses a key twice, keys that do not fit, and runs that do not exist", async () => {
    const api = await open();
    const { id } = await createRun(api);
    await api.flowRuns.createInput(id, { key: "a", value: "1" });
    const input = { key: "a", value: "2" };
    await expect(api.flowRuns.createInput(id, input)).rejects.toMatchObject({ code: "CONFLICT" });
    const unfit = api.flowRuns.createInput(id, { key: "A b", value: "2" });
    await expect(unfit).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    await expect(api.flowRuns.createInput(newId(), input)).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
  });

  it("deletes", async () => {
    const api = await open();
    const { id } = await createRun(api);
    await api.flowRuns.createInput(id, { key: "a", value: "1" });
    await api.flowRuns.deleteInput(id, "a");
    for (const call of [() => api.flowRuns.getInput(id, "a"), () => api.flowRuns.deleteInput(id, "a")]) {
      await expect(call()).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    }
  });
}

function resumeCases(open: OpenApi): void {
  it("lets a paused run go on", async () => {
    const api = await open();
    const { id } = await pausedRun(api);
    expect(await api.flowRuns.resume(id, {})).toMatchObject({ status: "ACCEPT", state: { type: "RUNNING" } });
    expect(await api.flowRuns.get(id)).toMatchObject({ state_type: "RUNNING", run_count: 1 });
  });

  it("schedules a suspended run", async () => {
    const api = await open();
    const { id, flow_id } = await createRun(api);
    const deployment = await api.deployments.create({ name: "d", flow_id });
    const run = await api.deployments.createFlowRun(deployment.id, {});
    await propose(api, run.id, { type: "PENDING" });
    await propose(api, run.id, { type: "RUNNING" });
    await propose(api, run.id, pause({ pause_reschedule: true }));
    expect(await api.flowRuns.resume(run.id, {})).toMatchObject({
      status: "ACCEPT",
      state: { type: "SCHEDULED", name: "Resuming" },
    });
    expect(await api.flowRuns.get(id)).toMatchObject({ state_type: "PENDING" });
  });

  it("resumes nothing that is not paused", async () => {
    const api = await open();
    const { id } = await createRun(api, { type: "RUNNING" });
    expect(await api.flowRuns.resume(id, {})).toEqual({
      status: "ABORT",
      state: null,
      details: { type: "abort_details", reason: "Cannot resume a flow run that is not paused." },
    });
    await expect(api.flowRuns.resume(newId(), {})).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  it("keeps the input that a run asked for", async () => {
    const api = await open();
    const { id } = await pausedRun(api, { run_input_keyset: KEYSET });
    await api.flowRuns.createInput(id, { key: KEYSET.schema, value: SCHEMA });
    const result = await api.flowRuns.resume(id, { run_input: { count: 3 } });
    expect(result).toMatchObject({ status: "ACCEPT", state: { type: "RUNNING" } });
    expect(JSON.parse(await api.flowRuns.getInput(id, KEYSET.response))).toEqual({ count: 3 });
  });

  it("refuses input that does not fit, and the run stays paused", async () => {
    const api = await open();
    const { id } = await pausedRun(api, { run_input_keyset: KEYSET });
    const details = { type: "abort_details", reason: expect.any(String) };
    const refused = { status: "REJECT", state: { type: "PAUSED" }, details };
    expect(await api.flowRuns.resume(id, { run_input: { count: 3 } })).toMatchObject(refused);
    await api.flowRuns.createInput(id, { key: KEYSET.schema, value: SCHEMA });
    expect(await api.flowRuns.resume(id, {})).toMatchObject(refused);
    expect(await api.flowRuns.resume(id, { run_input: { count: "three" } })).toMatchObject(refused);
    expect(await api.flowRuns.get(id)).toMatchObject({ state_type: "PAUSED" });
    await expect(api.flowRuns.getInput(id, KEYSET.response)).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
  });

  it("ends a run that is resumed too late", async () => {
    const api = await open();
    const { id } = await pausedRun(api, { pause_timeout: inSeconds(-1) });
    expect(await api.flowRuns.resume(id, {})).toMatchObject({ status: "REJECT", state: { type: "FAILED" } });
  });
}

async function pausedRun(
  api: OrchestrationApi,
  details: NonNullable<StateCreate["state_details"]> = {},
): Promise<FlowRun> {
  const run = await createRun(api, { type: "RUNNING" });
  await propose(api, run.id, pause(details));
  return run;
}

function pause(details: NonNullable<StateCreate["state_details"]>): StateCreate {
  return {
    type: "PAUSED",
    state_details: { pause_key: newId(), pause_timeout: inSeconds(60), ...details },
  };
}
