/** What every store must do. Give it a way to make an empty store and it describes the cases for vitest. */

import { afterEach, describe, expect, it } from "vitest";
import { flowQuery, logQuery } from "../filters/run-queries.ts";
import type { Store } from "../store.ts";
import { eventCases } from "./store/event-cases.ts";
import { eventCountCases } from "./store/event-count-cases.ts";
import { at, inState, insertFlow, makeFlowRun, makeLog, makeRecord, makeState } from "./store/fixtures.ts";
import { flowCases } from "./store/flow-cases.ts";
import { flowRunCases } from "./store/flow-run-cases.ts";
import { flowRunQueryCases } from "./store/flow-run-query-cases.ts";
import { leaseCases } from "./store/lease-cases.ts";
import { logCases } from "./store/log-cases.ts";
import { namePartCases } from "./store/name-part-cases.ts";
import { objectCases } from "./store/object-cases.ts";
import type { OpenStore } from "./store/open-store.ts";
import { recordCases } from "./store/record-cases.ts";
import { runCountCases } from "./store/run-count-cases.ts";
import { sharedTransactionCases } from "./store/shared-transaction-cases.ts";
import { tallyCases } from "./store/tally-cases.ts";
import { taskRunCases } from "./store/task-run-cases.ts";
import { transactionCases } from "./store/transaction-cases.ts";

/** What the suite needs of a store. */
export interface StoreSuiteOptions {
  readonly name: string;
  /** Opens an empty store of its own. */
  readonly create: () => Promise<Store>;
  /** Opens the history of a store that was closed; absent when history does not survive closing. */
  readonly reopen?: ((closed: Store) => Promise<Store>) | undefined;
}

/** Describes the behaviour of a `Store`. */
export function storeSuite(options: StoreSuiteOptions): void {
  describe(`store suite: ${options.name}`, () => {
    const opened: Store[] = [];
    const open: OpenStore = async () => {
      const store = await options.create();
      opened.push(store);
      return store;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((store) => store.close()));
    });

    it("says where it is", async () => {
      expect((await open()).location).not.toBe("");
    });
    describe("flows", () => flowCases(open));
    describe("flow runs", () => flowRunCases(open));
    describe("queries of flow runs", () => flowRunQueryCases(open));
    describe("parts of names", () => namePartCases(open));
    describe("leases", () => leaseCases(open));
    describe("task runs", () => taskRunCases(open));
    describe("records", () => recordCases(open));
    describe("logs", () => logCases(open));
    describe("tallies", () => tallyCases(open));
    describe("counts of flow runs", () => runCountCases(open));
    describe("events", () => eventCases(open));
    describe("counts of events", () => eventCountCases(open));
    describe("objects", () => objectCases(open));
    describe("transactions", () => transactionCases(open));
    describe("transactions that works may share", () => sharedTransactionCases(open));

    const { reopen } = options;
    if (reopen === undefined) return;
    it("keeps everything when it is closed and opened again", async () => {
      const first = await open();
      const kept = await fill(first);
      const before = await contents(first, kept);
      await first.close();
      const second = await reopen(first);
      opened.push(second);
      expect(await contents(second, kept)).toEqual(before);
      expect(before.states).toHaveLength(2);
    });
  });
}

async function fill(store: Store): Promise<{ flowRunId: string; taskRunId: string }> {
  const run = makeFlowRun(await insertFlow(store), { parameters: { path: "ü" }, idempotency_key: "k" });
  await store.flowRuns.insert(run);
  await store.flowRuns.update(run.id, inState(makeState("RUNNING", 1)));
  const owner = { host: "h", pid: 1, process_started_at: 1 };
  await store.flowRuns.renewLeases({ flow_run_ids: [run.id], owner, lease_seconds: 30 }, at(1));
  const task = makeRecord(run, [makeState("RUNNING", 2)]);
  await store.taskRuns.record([task], at(2));
  await store.logs.insert([makeLog({ flow_run_id: run.id })]);
  return { flowRunId: run.id, taskRunId: task.id };
}

async function contents(store: Store, ids: { readonly flowRunId: string; readonly taskRunId: string }) {
  return {
    flows: await store.flows.list(flowQuery({})),
    flowRun: await store.flowRuns.find(ids.flowRunId),
    states: await store.flowRuns.listStates(ids.flowRunId),
    leased: await store.flowRuns.listLeased(),
    taskRun: await store.taskRuns.find(ids.taskRunId),
    taskStates: await store.taskRuns.listStates(ids.taskRunId),
    logs: await store.logs.list(logQuery({})),
  };
}
