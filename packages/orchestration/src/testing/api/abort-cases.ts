/** Cases of the API suite on abort signals and closing. */
import { newId, type OrchestrationApi } from "@sluice/protocol";
import { expect, it } from "vitest";
import { createRun, engineRecord, engineState, inSeconds, type OpenApi } from "./open-api.ts";

/** Every call of the API on one flow run, with the signal given. */
function everyCall(
  api: OrchestrationApi,
  id: string,
  options: { readonly signal: AbortSignal },
): Promise<unknown>[] {
  const owner = { host: "h", pid: 1, process_started_at: 1 };
  const record = engineRecord(id, [engineState("RUNNING", inSeconds(0))]);
  const log = { name: "l", level: 20, message: "m", timestamp: inSeconds(0), flow_run_id: id };
  return [
    api.flows.create({ name: "aborted" }, options),
    api.flows.get(id, options),
    api.flows.filter({}, options),
    api.flows.count({}, options),
    api.flowRuns.create({ flow_id: id }, options),
    api.flowRuns.get(id, options),
    api.flowRuns.update(id, { name: "aborted" }, options),
    api.flowRuns.setState(id, { state: { type: "RUNNING" } }, options),
    api.flowRuns.states(id, options),
    api.flowRuns.getState(id, options),
    api.flowRuns.heartbeat({ flow_run_ids: [id], owner, lease_seconds: 30 }, options),
    api.flowRuns.filter({}, options),
    api.flowRuns.count({}, options),
    api.flowRuns.delete(id, options),
    api.taskRuns.create({ task_key: "k", dynamic_key: "0" }, options),
    api.taskRuns.record([record], options),
    api.taskRuns.get(id, options),
    api.taskRuns.states(id, options),
    api.taskRuns.getState(id, options),
    api.taskRuns.filter({}, options),
    api.taskRuns.count({}, options),
    api.logs.create([log], options),
    api.logs.filter({}, options),
  ];
}

export function abortCases(open: OpenApi): void {
  it("rejects every call whose signal is aborted with its reason, and writes nothing", async () => {
    const api = await open();
    const run = await createRun(api);
    const reason = new RangeError("not wanted");
    const results = await Promise.allSettled(everyCall(api, run.id, { signal: AbortSignal.abort(reason) }));
    for (const result of results) expect(result).toEqual({ status: "rejected", reason });
    expect(await api.flowRuns.get(run.id)).toMatchObject({ name: run.name, state: run.state });
    expect(await api.flows.count({})).toBe(1);
    expect(await api.flowRuns.count({})).toBe(1);
    expect(await api.taskRuns.count({})).toBe(0);
    expect(await api.logs.filter({})).toEqual([]);
  });

  it("goes on as usual with a signal that is not aborted", async () => {
    const api = await open();
    const run = await createRun(api);
    const { signal } = new AbortController();
    const result = await api.flowRuns.setState(run.id, { state: { type: "RUNNING" } }, { signal });
    expect(result.status).toBe("ACCEPT");
  });

  it("says where it is, and closes twice", async () => {
    const api = await open();
    expect(api.location).not.toBe("");
    await api.flows.create({ name: newId() });
    await api.close();
    await api.close();
  });
}
