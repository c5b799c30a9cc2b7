/** Cases of the store suite on transactions and closing. */

import { expect, it } from "vitest";
import { flowQuery, logQuery } from "../../filters/run-queries.ts";
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

export function transactionCases(open: OpenStore): void {
  atomicityCases(open);
  isolationCases(open);
  closingCases(open);
}

function atomicityCases(open: OpenStore): void {
  it("keeps all of a transaction and gives what its work gives", async () => {
    const store = await open();
    const flow = makeFlow();
    const run = makeFlowRun(flow);
    const given = await store.transaction(async (transaction) => {
      await transaction.flows.insert(flow);
      await transaction.flowRuns.insert(run);
      expect(await transaction.flowRuns.find(run.id)).toEqual(run);
      return 7;
    });
    expect(given).toBe(7);
    expect(await store.flowRuns.find(run.id)).toEqual(run);
  });

  it("keeps nothing of a transaction whose work throws, and throws the same", async () => {
    const store = await open();
    const flow = await insertFlow(store);
    const [kept, deleted] = [
      makeFlowRun(flow, { idempotency_key: "kept" }),
      makeFlowRun(flow, { idempotency_key: "k" }),
    ];
    for (const run of [kept, deleted]) await store.flowRuns.insert(run);
    const task = makeRecord(kept, [makeState("RUNNING", 1)]);
    const deletedTask = makeRecord(deleted, [makeState("RUNNING", 1)]);
    await store.taskRuns.record([task, deletedTask], at(1));
    const deletedLog = makeLog({ flow_run_id: deleted.id });
    await store.logs.insert([deletedLog]);
    const newFlow = makeFlow({ name: "new" });
    const fault = new RangeError("stop");
    const attempt = store.transaction(async (transaction) => {
      await transaction.flows.insert(newFlow);
      await transaction.flowRuns.update(kept.id, { ...inState(makeState("COMPLETED", 5)), name: "renamed" });
      await transaction.taskRuns.record([{ ...task, states: [makeState("FAILED", 2)] }], at(2));
      await transaction.taskRuns.insert(makeTaskRun(kept));
      await transaction.logs.insert([makeLog({ flow_run_id: kept.id })]);
      await transaction.flowRuns.delete(deleted.id);
      await transaction.flowRuns.insert(makeFlowRun(flow, { idempotency_key: "k" }));
      throw fault;
    });
    await expect(attempt).rejects.toBe(fault);
    expect(await store.flowRuns.find(kept.id)).toEqual(kept);
    expect(await store.flowRuns.listStates(kept.id)).toEqual([kept.state]);
    expect(await store.taskRuns.listStates(task.id)).toEqual(task.states);
    expect(await store.taskRuns.listUnfinished(kept.id)).toEqual([task.id]);
    expect(await store.flowRuns.find(deleted.id)).toEqual(deleted);
    expect(await store.taskRuns.listStates(deletedTask.id)).toEqual(deletedTask.states);
    expect(await store.taskRuns.count()).toBe(2);
    expect(await store.logs.list(logQuery({}))).toEqual([deletedLog]);
    expect((await store.flows.insert(makeFlow({ name: "new" }))).created).toBe(true);
    expect(await store.flowRuns.insert(makeFlowRun(flow, { idempotency_key: "k" }))).toEqual({
      run: deleted,
      created: false,
    });
  });

  it("goes on after a transaction that failed", async () => {
    const store = await open();
    await expect(store.transaction(() => Promise.reject(new RangeError("stop")))).rejects.toThrow("stop");
    const flow = makeFlow();
    await store.transaction(async (transaction) => void (await transaction.flows.insert(flow)));
    expect(await store.flows.find(flow.id)).toEqual(flow);
  });

  it("refuses a transaction within a transaction", async () => {
    const store = await open();
    const flow = makeFlow();
    await store.transaction(async (transaction) => {
      await expect(transaction.transaction(async () => 1)).rejects.toMatchObject({
        code: "UNSUPPORTED_OPERATION",
      });
      await transaction.flows.insert(flow);
    });
    expect(await store.flows.find(flow.id)).toEqual(flow);
  });
}

function isolationCases(open: OpenStore): void {
  it("does not interleave transactions", async () => {
    const store = await open();
    const run = makeFlowRun(await insertFlow(store));
    await store.flowRuns.insert(run);
    const increment = () =>
      store.transaction(async (transaction) => {
        const count = (await transaction.flowRuns.find(run.id))?.run_count ?? 0;
        await new Promise((resolve) => setImmediate(resolve));
        await transaction.flowRuns.update(run.id, { run_count: count + 1 });
      });
    await Promise.all(Array.from({ length: 20 }, increment));
    expect((await store.flowRuns.find(run.id))?.run_count).toBe(20);
  });

  it("keeps single writes out of a transaction", async () => {
    const store = await open();
    const run = makeFlowRun(await insertFlow(store));
    await store.flowRuns.insert(run);
    const gate = makeGate();
    const transaction = store.transaction(async (inner) => {
      const before = await inner.flowRuns.find(run.id);
      await gate.opened;
      expect(await inner.flowRuns.find(run.id)).toEqual(before);
    });
    const write = store.flowRuns.update(run.id, { name: "outside" });
    await new Promise((resolve) => setImmediate(resolve));
    gate.open();
    await Promise.all([transaction, write]);
    expect((await store.flowRuns.find(run.id))?.name).toBe("outside");
  });

  it("shows nobody half of a transaction", async () => {
    const store = await open();
    const flow = await insertFlow(store);
    const gate = makeGate();
    const transaction = store.transaction(async (inner) => {
      await inner.flowRuns.insert(makeFlowRun(flow));
      await gate.opened;
      await inner.flowRuns.insert(makeFlowRun(flow));
    });
    const seen = store.flowRuns.count();
    await new Promise((resolve) => setImmediate(resolve));
    gate.open();
    await transaction;
    // Before or after it, as the store likes.
    expect([0, 2]).toContain(await seen);
    expect(await store.flowRuns.count()).toBe(2);
  });
}

function closingCases(open: OpenStore): void {
  it("closes twice, and refuses work afterwards", async () => {
    const store = await open();
    await store.close();
    await store.close();
    await expect(store.flows.list(flowQuery({}))).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
    await expect(store.flows.insert(makeFlow())).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
    await expect(store.transaction(async () => 1)).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
  });

  it("finishes what it accepted before it closes", async () => {
    const store = await open();
    const flow = await insertFlow(store);
    const write = store.flows.insert(makeFlow());
    const transaction = store.transaction(async (inner) => {
      await new Promise((resolve) => setImmediate(resolve));
      return (await inner.flows.find(flow.id))?.name;
    });
    await store.close();
    expect((await write).created).toBe(true);
    expect(await transaction).toBe(flow.name);
  });
}

function makeGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
