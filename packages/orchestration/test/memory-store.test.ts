import { newId } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { flowQuery, flowRunQuery, logQuery, taskRunQuery } from "../src/filters/run-queries.ts";
import { MemoryStore } from "../src/memory-store.ts";
import type { Store } from "../src/store.ts";
import type { StoredFlowRun } from "../src/stored-nouns.ts";
import { storeSuite } from "../src/testing/index.ts";
import {
  at,
  inState,
  insertFlow,
  makeFlowRun,
  makeLog,
  makeRecord,
  makeState,
} from "../src/testing/store/fixtures.ts";

storeSuite({ name: "memory", create: async () => new MemoryStore() });

async function insertRun(store: Store, members: Partial<StoredFlowRun> = {}): Promise<StoredFlowRun> {
  return (await store.flowRuns.insert(makeFlowRun(await insertFlow(store), members))).run;
}

async function end(store: Store, run: StoredFlowRun): Promise<void> {
  await store.flowRuns.update(run.id, inState(makeState("COMPLETED", 5)));
}

describe("the bounds of a memory store", () => {
  it("lets the flow runs go that finished first, with everything of theirs", async () => {
    const store = new MemoryStore({ maxFinishedFlowRuns: 2 });
    const runs = [await insertRun(store), await insertRun(store), await insertRun(store)] as const;
    const live = await insertRun(store);
    const record = makeRecord(runs[1], [makeState("RUNNING")]);
    await store.taskRuns.record([record], at(1));
    await store.logs.insert(runs.map((run) => makeLog({ flow_run_id: run.id, message: run.id })));
    for (const run of [runs[1], runs[2], runs[0]]) await end(store, run);
    expect(await store.flowRuns.find(runs[1].id)).toBeUndefined();
    expect(await store.flowRuns.listStates(runs[1].id)).toEqual([]);
    expect(await store.taskRuns.find(record.id)).toBeUndefined();
    expect(await store.taskRuns.listStates(record.id)).toEqual([]);
    expect((await store.logs.list(logQuery({}))).map((log) => log.message)).toEqual([runs[0].id, runs[2].id]);
    const ids = (await store.flowRuns.list(flowRunQuery({}))).map((run) => run.id);
    expect(ids).toEqual([live.id, runs[2].id, runs[0].id]);
  });

  it("keeps a thousand finished flow runs unless told otherwise", async () => {
    const store = new MemoryStore();
    const flow = await insertFlow(store);
    for (let index = 0; index < 1005; index += 1) {
      await store.flowRuns.insert(makeFlowRun(flow, { state: makeState("COMPLETED") }));
    }
    expect(await store.flowRuns.count()).toBe(1000);
  });

  it("keeps a finished run that goes on", async () => {
    const store = new MemoryStore({ maxFinishedFlowRuns: 1 });
    const first = await insertRun(store);
    await end(store, first);
    await store.flowRuns.update(first.id, inState(makeState("RUNNING", 6)));
    await end(store, await insertRun(store));
    expect(await store.flowRuns.count()).toBe(2);
  });

  it("keeps only live runs with 0, and nothing that comes late", async () => {
    const store = new MemoryStore({ maxFinishedFlowRuns: 0 });
    const run = await insertRun(store);
    const record = makeRecord(run, [makeState("RUNNING")]);
    const outside = makeRecord(null, [makeState("RUNNING")]);
    await store.taskRuns.record([record, outside], at(1));
    expect(await store.taskRuns.count()).toBe(2);
    await end(store, run);
    await store.taskRuns.record([{ ...record, states: [makeState("COMPLETED", 2)] }], at(2));
    await store.taskRuns.record([{ ...outside, states: [makeState("COMPLETED", 2)] }], at(2));
    expect(await store.flowRuns.count()).toBe(0);
    expect(await store.taskRuns.count()).toBe(0);
    expect(await store.taskRuns.listStates(record.id)).toEqual([]);
  });

  it("lets a transaction go on with a run that it ended", async () => {
    const store = new MemoryStore({ maxFinishedFlowRuns: 0 });
    const run = await insertRun(store);
    await store.transaction(async (transaction) => {
      await end(transaction, run);
      expect(await transaction.flowRuns.find(run.id)).toBeDefined();
    });
    expect(await store.flowRuns.find(run.id)).toBeUndefined();
  });

  it("keeps ten thousand finished task runs outside flows, and those that go on", async () => {
    const store = new MemoryStore();
    const live = makeRecord(null, [makeState("RUNNING")]);
    const records = Array.from({ length: 10_050 }, () => makeRecord(null, [makeState("COMPLETED")]));
    await store.taskRuns.record([live, ...records], at(1));
    expect(await store.taskRuns.count()).toBe(10_001);
    expect(await store.taskRuns.find(live.id)).toBeDefined();
    expect(await store.taskRuns.find(records[49]?.id ?? "")).toBeUndefined();
    expect(await store.taskRuns.find(records[50]?.id ?? "")).toBeDefined();
  });

  it("keeps about ten thousand log lines that belong to no flow run it has", async () => {
    const store = new MemoryStore();
    const run = await insertRun(store);
    const mine = Array.from({ length: 20 }, () => makeLog({ flow_run_id: run.id }));
    const others = Array.from({ length: 10_500 }, (_, index) =>
      makeLog({ flow_run_id: newId(), timestamp: at(index) }),
    );
    for (const logs of [mine, others.slice(0, 6000), others.slice(6000)]) await store.logs.insert(logs);
    const count = async (offset: number) =>
      (await store.logs.list(logQuery({ offset, limit: 20_000 }))).length;
    expect(await count(0)).toBeLessThanOrEqual(10_020);
    expect(await count(0)).toBeGreaterThanOrEqual(9020);
    expect(await store.logs.list(logQuery({ logs: { flow_run_id: { any_: [run.id] } } }))).toHaveLength(20);
    expect((await store.logs.list(logQuery({ sort: "TIMESTAMP_DESC", limit: 1 })))[0]?.id).toBe(
      others.at(-1)?.id,
    );
  });
});

describe("a transaction in memory", () => {
  it("refuses work after its end", async () => {
    const store = new MemoryStore();
    const leaked = await store.transaction(async (transaction) => transaction);
    await expect(leaked.flows.list(flowQuery({}))).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
  });

  it("cannot close its store", async () => {
    const store = new MemoryStore();
    await store.transaction(async (transaction) => {
      await expect(transaction.close()).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
    });
    expect(await store.flows.list(flowQuery({}))).toEqual([]);
  });

  it("leaves no trace of a thousand writes when it fails", async () => {
    const store = new MemoryStore();
    const runs: StoredFlowRun[] = [];
    for (let index = 0; index < 20; index += 1)
      runs.push(await insertRun(store, { idempotency_key: `${index}` }));
    const records = runs.flatMap((run) => [
      makeRecord(run, [makeState("RUNNING")]),
      makeRecord(run, [makeState("FAILED")]),
    ]);
    await store.taskRuns.record(records, at(1));
    await store.logs.insert(runs.flatMap((run) => [makeLog({ flow_run_id: run.id }), makeLog()]));
    const before = await everything(store);
    const failed = store.transaction(async (transaction) => {
      for (let index = 0; index < 1000; index += 1) await anyWrite(transaction, runs, index);
      throw new RangeError("stop");
    });
    await expect(failed).rejects.toThrow("stop");
    expect(await everything(store)).toEqual(before);
  });
});

async function anyWrite(store: Store, runs: readonly StoredFlowRun[], index: number): Promise<unknown> {
  const run = runs[(index * 7) % runs.length] as StoredFlowRun;
  const state = makeState(index % 3 === 0 ? "COMPLETED" : "RUNNING", index);
  const owner = { host: "h", pid: index, process_started_at: 1 };
  switch (index % 7) {
    case 0:
      return store.flowRuns.delete(run.id);
    case 1:
      return store.flowRuns.update(run.id, inState(state));
    case 2:
      return store.taskRuns.record([makeRecord(run, [state]), makeRecord(null, [state])], at(index));
    case 3:
      return store.logs.insert([makeLog({ flow_run_id: run.id }), makeLog({ timestamp: at(-index) })]);
    case 4:
      return store.flowRuns.renewLeases({ flow_run_ids: [run.id], owner, lease_seconds: 30 }, at(index));
    case 5:
      return store.flowRuns.insert({ ...run, id: newId(), idempotency_key: `${index % 25}` });
    default:
      return insertFlow(store);
  }
}

async function everything(store: Store) {
  const all = { limit: 100_000 };
  const flowRuns = await store.flowRuns.list(flowRunQuery(all));
  const taskRuns = await store.taskRuns.list(taskRunQuery(all));
  return {
    flows: await store.flows.list(flowQuery(all)),
    flowRuns,
    taskRuns,
    logs: await store.logs.list(logQuery(all)),
    leased: await store.flowRuns.listLeased(),
    states: await Promise.all(flowRuns.map((run) => store.flowRuns.listStates(run.id))),
    taskStates: await Promise.all(taskRuns.map((run) => store.taskRuns.listStates(run.id))),
    unfinished: await Promise.all(
      flowRuns.map(async (run) => (await store.taskRuns.listUnfinished(run.id)).toSorted()),
    ),
  };
}
