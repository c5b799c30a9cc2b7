/** Cases of the store suite on flow runs: what is kept, changed and deleted. */

import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { flowRunQuery, logQuery, taskRunQuery } from "../../filters/run-queries.ts";
import {
  at,
  inState,
  insertFlow,
  makeFlow,
  makeFlowRun,
  makeLog,
  makeRecord,
  makeState,
  makeTaskRun,
} from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

const ODD_VALUES = {
  text: "naïve 🚰 \u0001 \"quoted\" 'single' %_\\ \u2028",
  numbers: [0, -1.5, 1e21, Number.MAX_SAFE_INTEGER],
  nested: { empty: {}, list: [], nothing: null, yes: true },
  "key with 'quotes' and $.dots[0]": 1,
};

export function flowRunCases(open: OpenStore): void {
  insertCases(open);
  updateCases(open);
  deleteCases(open);
}

function insertCases(open: OpenStore): void {
  it("keeps a flow run as it was given", async () => {
    const store = await open();
    const flow = await insertFlow(store);
    const state = makeState("RUNNING", 1, {
      name: "Läuft",
      message: "🚀",
      data: { storage_key: "k", serializer: { type: "json" } },
      state_details: { transition_id: newId(), pause_reschedule: false, run_input_keyset: { response: "r" } },
    });
    const run = makeFlowRun(flow, {
      name: "Ärger-🦦",
      deployment_id: newId(),
      deployment_version: "3",
      work_queue_id: newId(),
      work_queue_name: "default",
      flow_version: "v1",
      parameters: { ...ODD_VALUES, ...JSON.parse('{"__proto__":{"polluted":true}}') },
      idempotency_key: "once ' only",
      context: ODD_VALUES,
      empirical_policy: {
        max_retries: 0,
        retry_delay_seconds: 0,
        pause_keys: ["k"],
        retries: 3,
        retry_delay: [1, 2.5],
        retry_type: "in_process",
        resuming: true,
      },
      tags: ["b", "a", "ü"],
      labels: { "prefect.flow.id": flow.id, n: 1, on: false },
      parent_task_run_id: newId(),
      run_count: 2,
      expected_start_time: at(1),
      next_scheduled_start_time: at(2),
      start_time: at(3),
      end_time: at(4),
      total_run_time: 1.25,
      auto_scheduled: true,
      infrastructure_document_id: newId(),
      infrastructure_pid: "host:12",
      created_by: { id: newId(), type: "user", display_value: "me" },
      work_pool_id: newId(),
      work_pool_name: "pool",
      job_variables: { image: "x" },
      state,
    });
    expect(await store.flowRuns.insert(run)).toEqual({ run, created: true });
    expect(await store.flowRuns.find(run.id)).toEqual(run);
    expect(await store.flowRuns.listStates(run.id)).toEqual([state]);
    expect(await store.flowRuns.list(flowRunQuery({}))).toEqual([run]);
  });

  it("keeps a flow run without a state", async () => {
    const store = await open();
    const run = makeFlowRun(await insertFlow(store), { state: null });
    await store.flowRuns.insert(run);
    expect(await store.flowRuns.find(run.id)).toEqual(run);
    expect(await store.flowRuns.listStates(run.id)).toEqual([]);
  });

  it("keeps parameters of a megabyte", async () => {
    const store = await open();
    const rows = Array.from({ length: 2000 }, (_, index) => ({ index, text: `${index}-é`.repeat(80) }));
    const run = makeFlowRun(await insertFlow(store), { parameters: { rows } });
    await store.flowRuns.insert(run);
    expect((await store.flowRuns.find(run.id))?.parameters).toEqual({ rows });
  });

  it("gives back the run that has the idempotency key in the flow", async () => {
    const store = await open();
    const [flow, otherFlow] = [makeFlow(), makeFlow()];
    await store.flows.insert(flow);
    await store.flows.insert(otherFlow);
    const first = makeFlowRun(flow, { idempotency_key: "null" });
    await store.flowRuns.insert(first);
    const again = makeFlowRun(flow, { idempotency_key: "null", name: "again" });
    expect(await store.flowRuns.insert(again)).toEqual({ run: first, created: false });
    expect((await store.flowRuns.insert(makeFlowRun(otherFlow, { idempotency_key: "null" }))).created).toBe(
      true,
    );
    expect((await store.flowRuns.insert(makeFlowRun(flow))).created).toBe(true);
    expect((await store.flowRuns.insert(makeFlowRun(flow))).created).toBe(true);
    expect(await store.flowRuns.count()).toBe(4);
  });

  it("gives back the run that has the id", async () => {
    const store = await open();
    const flow = await insertFlow(store);
    const run = makeFlowRun(flow);
    await store.flowRuns.insert(run);
    const other = makeFlowRun(flow, { id: run.id, name: "other" });
    expect(await store.flowRuns.insert(other)).toEqual({ run, created: false });
    expect(await store.flowRuns.listStates(run.id)).toEqual([run.state]);
  });

  it("copies what it is given and what it hands out", async () => {
    const store = await open();
    const parameters = { list: [1] };
    const run = makeFlowRun(await insertFlow(store), { parameters });
    await store.flowRuns.insert(run);
    parameters.list.push(2);
    const found = await store.flowRuns.find(run.id);
    expect(found?.parameters).toEqual({ list: [1] });
    found?.tags.push("mine");
    expect((await store.flowRuns.find(run.id))?.tags).toEqual([]);
  });
}

function updateCases(open: OpenStore): void {
  it("writes only the members present", async () => {
    const store = await open();
    const run = makeFlowRun(await insertFlow(store), {
      parameters: { a: 1 },
      tags: ["x"],
      flow_version: "1",
    });
    await store.flowRuns.insert(run);
    expect(
      await store.flowRuns.update(run.id, {
        name: "renamed",
        flow_version: null,
        updated: at(5),
      }),
    ).toBe(true);
    expect(await store.flowRuns.find(run.id)).toEqual({
      ...run,
      name: "renamed",
      flow_version: null,
      updated: at(5),
    });
    expect(await store.flowRuns.listStates(run.id)).toEqual([run.state]);
  });

  it("says when there is nothing to update or delete", async () => {
    const store = await open();
    expect(await store.flowRuns.update(newId(), { name: "x" })).toBe(false);
    expect(await store.flowRuns.delete(newId())).toBe(false);
  });

  it("makes a state the current one and keeps the earlier ones", async () => {
    const store = await open();
    const run = makeFlowRun(await insertFlow(store));
    await store.flowRuns.insert(run);
    const running = makeState("RUNNING", 1, { data: [1], state_details: { flow_run_id: run.id } });
    const done = makeState("COMPLETED", 2, { name: "Fertig" });
    await store.flowRuns.update(run.id, { ...inState(running), run_count: 1, start_time: at(1) });
    await store.flowRuns.update(run.id, { ...inState(done), end_time: at(2) });
    expect(await store.flowRuns.find(run.id)).toEqual({
      ...run,
      ...inState(done),
      run_count: 1,
      start_time: at(1),
      end_time: at(2),
    });
    expect(await store.flowRuns.listStates(run.id)).toEqual([run.state, running, done]);
  });

  it("lists states by timestamp, then id", async () => {
    const store = await open();
    const run = makeFlowRun(await insertFlow(store), { state: null });
    await store.flowRuns.insert(run);
    const ids = [newId(), newId(), newId()] as const;
    const late = makeState("RUNNING", 1.000001, { id: ids[0] });
    const second = makeState("PENDING", 1, { id: ids[2] });
    const first = makeState("SCHEDULED", 1, { id: ids[1] });
    for (const state of [late, second, first]) await store.flowRuns.update(run.id, inState(state));
    expect(await store.flowRuns.listStates(run.id)).toEqual([first, second, late]);
    expect((await store.flowRuns.find(run.id))?.state).toEqual(first);
  });

  it("lists no states of a run that is not stored", async () => {
    const store = await open();
    expect(await store.flowRuns.listStates(newId())).toEqual([]);
    expect(await store.taskRuns.listStates(newId())).toEqual([]);
  });

  it("finds a state by its own id among those of runs of its kind", async () => {
    const store = await open();
    const flow = await insertFlow(store);
    const [run, other] = [makeFlowRun(flow), makeFlowRun(flow)];
    for (const inserted of [run, other]) await store.flowRuns.insert(inserted);
    const running = makeState("RUNNING", 1, { message: "m", state_details: { flow_run_id: run.id } });
    await store.flowRuns.update(run.id, inState(running));
    const record = makeRecord(run, [makeState("RUNNING", 1), makeState("COMPLETED", 2)]);
    await store.taskRuns.record([record], at(2));
    for (const state of [run.state, running, other.state])
      expect(await store.flowRuns.findState(state?.id ?? "")).toEqual(state);
    for (const state of record.states) {
      expect(await store.taskRuns.findState(state.id)).toEqual(state);
      expect(await store.flowRuns.findState(state.id)).toBeUndefined();
    }
    expect(await store.taskRuns.findState(running.id)).toBeUndefined();
    expect(await store.flowRuns.findState(newId())).toBeUndefined();
  });
}

function deleteCases(open: OpenStore): void {
  it("deletes a run with its states, task runs, their states, and logs, and nothing else", async () => {
    const store = await open();
    const flow = await insertFlow(store);
    const [gone, kept] = [makeFlowRun(flow, { idempotency_key: "k" }), makeFlowRun(flow)];
    await store.flowRuns.insert(gone);
    await store.flowRuns.insert(kept);
    const [goneTask, keptTask] = [
      makeRecord(gone, [makeState("RUNNING")]),
      makeRecord(kept, [makeState("RUNNING")]),
    ];
    const tracking = makeTaskRun(gone, { dynamic_key: "tracking" });
    await store.taskRuns.record([goneTask, keptTask], at(1));
    await store.taskRuns.insert(tracking);
    const subflowRun = makeFlowRun(flow, { parent_task_run_id: tracking.id });
    await store.flowRuns.insert(subflowRun);
    const goneLog = makeLog({ flow_run_id: gone.id, task_run_id: goneTask.id });
    const keptLog = makeLog({ flow_run_id: kept.id });
    await store.logs.insert([goneLog, keptLog]);
    const owner = { host: "h", pid: 1, process_started_at: 1 };
    await store.flowRuns.renewLeases({ flow_run_ids: [gone.id], owner, lease_seconds: 30 }, at(1));

    expect(await store.flowRuns.delete(gone.id)).toBe(true);
    expect(await store.flowRuns.find(gone.id)).toBeUndefined();
    expect(await store.flowRuns.listStates(gone.id)).toEqual([]);
    expect(await store.taskRuns.find(goneTask.id)).toBeUndefined();
    expect(await store.taskRuns.find(tracking.id)).toBeUndefined();
    expect(await store.taskRuns.listStates(goneTask.id)).toEqual([]);
    expect(await store.flowRuns.listLeased()).toEqual([]);
    expect((await store.taskRuns.list(taskRunQuery({}))).map((run) => run.id)).toEqual([keptTask.id]);
    expect(await store.logs.list(logQuery({}))).toEqual([keptLog]);
    expect(await store.flowRuns.find(subflowRun.id)).toBeDefined();
    expect(await store.flowRuns.find(kept.id)).toEqual(kept);
    expect(await store.flows.find(flow.id)).toEqual(flow);

    expect(await store.flowRuns.delete(gone.id)).toBe(false);
    expect((await store.flowRuns.insert(makeFlowRun(flow, { idempotency_key: "k" }))).created).toBe(true);
    await store.logs.insert([goneLog]);
    expect(await store.logs.list(logQuery({ logs: { flow_run_id: { any_: [gone.id] } } }))).toEqual([
      goneLog,
    ]);
  });
}
