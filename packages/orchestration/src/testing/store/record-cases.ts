/** Cases of the store suite on records of task runs: repeated, late, out of order, many. */

import type { TaskRunFilter } from "@sluice/protocol";
import { newId, type TaskRunRecord, type WireState } from "@sluice/protocol";
import { expect, it } from "vitest";
import { taskRunQuery } from "../../filters/run-queries.ts";
import type { Store } from "../../store.ts";
import type { StoredFlowRun } from "../../stored-nouns.ts";
import { at, inState, insertFlow, makeFlowRun, makeRecord, makeState, makeTaskRun } from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

export function recordCases(open: OpenStore): void {
  singleCases(open);
  mergeCases(open);
  batchCases(open);
}

function singleCases(open: OpenStore): void {
  it("makes a task run of a record, in its newest state", async () => {
    const store = await open();
    const [pending, running] = [makeState("PENDING", 1), makeState("RUNNING", 2)];
    const record = makeRecord(await insertFlowRun(store), [pending, running], {
      name: "säubern",
      task_version: "1",
      cache_key: "key",
      cache_expiration: at(90),
      tags: ["t", "'"],
      task_inputs: { x: [{ input_type: "task_run", id: newId() }] },
      empirical_policy: {
        max_retries: 0,
        retry_delay_seconds: 0,
        pause_keys: [],
        retries: 1,
        retry_delay: 0.5,
      },
      run_count: 1,
      expected_start_time: at(1),
      start_time: at(2),
      total_run_time: 0.25,
    });
    await store.taskRuns.record([record], at(3));
    const { states: _states, ...facts } = record;
    expect(await store.taskRuns.find(record.id)).toEqual({
      ...facts,
      ...inState(running),
      created: at(3),
      updated: at(3),
      labels: {},
      next_scheduled_start_time: null,
    });
    expect(await store.taskRuns.listStates(record.id)).toEqual([pending, running]);
  });

  it("brings a task run up to date with the next record", async () => {
    const store = await open();
    const [pending, running, done] = [
      makeState("PENDING", 1),
      makeState("RUNNING", 2),
      makeState("COMPLETED", 3),
    ];
    const first = makeRecord(await insertFlowRun(store), [pending]);
    const second = {
      ...first,
      states: [running, done],
      run_count: 1,
      start_time: at(2),
      end_time: at(3),
      tags: ["n"],
    };
    await store.taskRuns.record([first], at(1));
    await store.taskRuns.record([second], at(4));
    const run = await store.taskRuns.find(first.id);
    expect(run).toMatchObject({
      ...inState(done),
      run_count: 1,
      start_time: at(2),
      end_time: at(3),
      tags: ["n"],
    });
    expect(run).toMatchObject({ created: at(1), updated: at(4) });
    expect(await store.taskRuns.listStates(first.id)).toEqual([pending, running, done]);
  });

  it("knows when a scheduled task run starts next, and forgets it when the run goes on", async () => {
    const store = await open();
    const waiting = makeState("SCHEDULED", 1, {
      name: "AwaitingRetry",
      state_details: { scheduled_time: at(60) },
    });
    const record = makeRecord(await insertFlowRun(store), [waiting]);
    await store.taskRuns.record([record], at(1));
    expect((await store.taskRuns.find(record.id))?.next_scheduled_start_time).toBe(at(60));
    await store.taskRuns.record([{ ...record, states: [makeState("RUNNING", 60)] }], at(60));
    expect((await store.taskRuns.find(record.id))?.next_scheduled_start_time).toBeNull();
  });

  it("keeps created and labels of a task run that was inserted", async () => {
    const store = await open();
    const flowRun = await insertFlowRun(store);
    const inserted = makeTaskRun(flowRun, { labels: { a: 1 } });
    await store.taskRuns.insert(inserted);
    const running = makeState("RUNNING", 5);
    await store.taskRuns.record([makeRecord(flowRun, [running], { id: inserted.id, run_count: 1 })], at(6));
    const run = await store.taskRuns.find(inserted.id);
    expect(run).toMatchObject({
      created: at(0),
      updated: at(6),
      labels: { a: 1 },
      run_count: 1,
      ...inState(running),
    });
    expect(await store.taskRuns.listStates(inserted.id)).toEqual([inserted.state, running]);
  });

  it("makes a task run without a state of a record without states, and changes none by it", async () => {
    const store = await open();
    const flowRun = await insertFlowRun(store);
    const record = makeRecord(flowRun, []);
    await store.taskRuns.record([record], at(1));
    expect(await store.taskRuns.find(record.id)).toMatchObject(inState(null));
    const running = makeState("RUNNING", 2);
    await store.taskRuns.record([{ ...record, states: [running] }], at(2));
    await store.taskRuns.record([{ ...record, name: "other" }], at(3));
    expect(await store.taskRuns.find(record.id)).toMatchObject({
      ...inState(running),
      name: record.name,
      updated: at(2),
    });
  });

  it("keeps both of two task runs that share their keys", async () => {
    const store = await open();
    const flowRun = await insertFlowRun(store);
    const keys = { task_key: "k", dynamic_key: "0" };
    const records = [0, 1].map((second) => makeRecord(flowRun, [makeState("RUNNING", second)], keys));
    await store.taskRuns.record(records, at(1));
    expect(await store.taskRuns.count()).toBe(2);
  });

  it("keeps the records beside one of a flow run that is not stored", async () => {
    const store = await open();
    const flowRun = await insertFlowRun(store);
    const orphan = makeRecord({ ...flowRun, id: newId() }, [makeState("RUNNING")]);
    const records = [
      makeRecord(flowRun, [makeState("RUNNING")]),
      orphan,
      makeRecord(flowRun, [makeState("RUNNING")]),
    ];
    await store.taskRuns.record(records, at(1));
    expect(
      await store.taskRuns.count(taskRunQuery({ task_runs: { flow_run_id: { any_: [flowRun.id] } } }).where),
    ).toBe(2);
  });

  it("copies what it is given", async () => {
    const store = await open();
    const state = makeState("COMPLETED", 0, { data: { list: [1] } });
    const record = makeRecord(await insertFlowRun(store), [state]);
    await store.taskRuns.record([record], at(0));
    state.message = "changed";
    record.tags.push("changed");
    expect((await store.taskRuns.find(record.id))?.tags).toEqual([]);
    expect((await store.taskRuns.find(record.id))?.state?.message).toBeNull();
  });

  it("takes no records", async () => {
    const store = await open();
    await store.taskRuns.record([], at(0));
    expect(await store.taskRuns.count()).toBe(0);
  });
}

function mergeCases(open: OpenStore): void {
  it("changes nothing by a record it had", async () => {
    const store = await open();
    const record = makeRecord(await insertFlowRun(store), [makeState("PENDING", 1), makeState("RUNNING", 2)]);
    await store.taskRuns.record([record], at(3));
    const before = await store.taskRuns.find(record.id);
    await store.taskRuns.record([record, record], at(9));
    expect(await store.taskRuns.find(record.id)).toEqual(before);
    expect(await store.taskRuns.listStates(record.id)).toEqual(record.states);
  });

  it("adds the states of a late record without touching the run", async () => {
    const store = await open();
    const [pending, running, done] = [
      makeState("PENDING", 1),
      makeState("RUNNING", 2),
      makeState("COMPLETED", 3),
    ];
    const early = makeRecord(await insertFlowRun(store), [pending, running], {
      name: "before",
      run_count: 1,
    });
    const late = { ...early, states: [done], name: "after", end_time: at(3) };
    await store.taskRuns.record([late], at(4));
    const before = await store.taskRuns.find(early.id);
    await store.taskRuns.record([early], at(5));
    expect(await store.taskRuns.find(early.id)).toEqual(before);
    expect(before).toMatchObject({ name: "after", end_time: at(3), ...inState(done) });
    expect(await store.taskRuns.listStates(early.id)).toEqual([pending, running, done]);
  });

  it("takes a record that overlaps what it had", async () => {
    const store = await open();
    const states = [makeState("PENDING", 1), makeState("RUNNING", 2), makeState("COMPLETED", 3)];
    const record = makeRecord(await insertFlowRun(store), states.slice(0, 2));
    await store.taskRuns.record([record, { ...record, states: states.slice(1), end_time: at(3) }], at(4));
    expect(await store.taskRuns.find(record.id)).toMatchObject({
      ...inState(states[2] ?? null),
      end_time: at(3),
    });
    expect(await store.taskRuns.listStates(record.id)).toEqual(states);
  });

  it("comes to the same run in whatever order records and their states arrive", async () => {
    const store = await open();
    const flowRun = await insertFlowRun(store);
    // The two in the middle share an instant, so that their ids decide.
    const types = ["PENDING", "RUNNING", "SCHEDULED", "RUNNING", "COMPLETED"] as const;
    const states = types.map((type, index) => makeState(type, [1, 2, 2, 3, 4][index] ?? 0));
    const facts = makeRecord(flowRun, []);
    const outcomes = permutations(
      states.map((state, index) => ({ ...facts, states: [state], run_count: index })),
    );
    for (const [index, order] of outcomes.entries()) {
      const id = newId();
      const records = order.map((record) => withId(record, id, index));
      if (index % 2 === 0) await store.taskRuns.record(records, at(9));
      else for (const record of records) await store.taskRuns.record([record], at(9));
      const run = await store.taskRuns.find(id);
      expect(run).toMatchObject({ run_count: 4, state_type: "COMPLETED", created: at(9) });
      expect((await store.taskRuns.listStates(id)).map((state) => state.type)).toEqual(types);
    }
  });

  it("takes a timestamp in another time zone for the instant it is", async () => {
    const store = await open();
    const record = makeRecord(await insertFlowRun(store), [makeState("RUNNING", 2)]);
    // An hour later as text, two seconds earlier as an instant.
    const earlier = makeState("PENDING", 0, { timestamp: "2026-03-04T06:06:07.123457+01:00" });
    await store.taskRuns.record([record], at(3));
    await store.taskRuns.record([{ ...record, states: [earlier] }], at(4));
    expect((await store.taskRuns.find(record.id))?.state_type).toBe("RUNNING");
    expect((await store.taskRuns.listStates(record.id)).map((state) => state.type)).toEqual([
      "PENDING",
      "RUNNING",
    ]);
  });
}

function batchCases(open: OpenStore): void {
  it("takes 1,000 records with many states at once", async () => {
    const store = await open();
    const flowRun = await insertFlowRun(store);
    const records = Array.from({ length: 1000 }, (_, index) => {
      const attempts = index % 10 === 0 ? 10 : 1;
      const states = Array.from({ length: attempts }, (_unused, attempt) => [
        makeState("PENDING", attempt * 3),
        makeState("RUNNING", attempt * 3 + 1),
        makeState(attempt === attempts - 1 ? "COMPLETED" : "FAILED", attempt * 3 + 2),
      ]).flat();
      return makeRecord(flowRun, states, { name: `clean-${index}` });
    });
    await store.taskRuns.record(records, at(1));
    const completed: TaskRunFilterOf<"state"> = { type: { any_: ["COMPLETED"] } };
    expect(await store.taskRuns.count(taskRunQuery({ task_runs: { state: completed } }).where)).toBe(1000);
    expect(await store.taskRuns.listStates(records[10]?.id ?? "")).toEqual(records[10]?.states);
    expect(await store.taskRuns.listStates(records[999]?.id ?? "")).toEqual(records[999]?.states);
    expect(await store.taskRuns.listUnfinished(flowRun.id)).toEqual([]);
  });

  it("takes many batches at once", async () => {
    const store = await open();
    const flowRun = await insertFlowRun(store);
    const batches = Array.from({ length: 10 }, () =>
      Array.from({ length: 50 }, () => makeRecord(flowRun, [makeState("RUNNING")])),
    );
    await Promise.all(batches.map((batch) => store.taskRuns.record(batch, at(1))));
    expect(await store.taskRuns.count()).toBe(500);
  });
}

type TaskRunFilterOf<K extends "state"> = TaskRunFilter[K];

function withId(record: TaskRunRecord, id: string, index: number): TaskRunRecord {
  // Ids of states are unique across runs; the last digits keep the order of those made together.
  const suffix = index.toString(16).padStart(4, "0");
  const states = record.states.map(
    (state): WireState => ({ ...state, id: `${state.id.slice(0, -4)}${suffix}` }),
  );
  return { ...record, id, states };
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

async function insertFlowRun(store: Store): Promise<StoredFlowRun> {
  return (await store.flowRuns.insert(makeFlowRun(await insertFlow(store)))).run;
}
