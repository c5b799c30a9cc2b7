/** Cases of the store suite on task runs: what is kept and changed, except by records. */

import { newId, type TaskRunFilter, type TaskRunQuery } from "@sluice/protocol";
import { expect, it } from "vitest";
import { taskRunQuery } from "../../filters/run-queries.ts";
import type { Store } from "../../store.ts";
import type { StoredFlowRun, StoredTaskRun } from "../../stored-nouns.ts";
import {
  at,
  inState,
  insertFlow,
  makeFlow,
  makeFlowRun,
  makeRecord,
  makeState,
  makeTaskRun,
} from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

export function taskRunCases(open: OpenStore): void {
  insertCases(open);
  sortCases(open);
  filterCases(open);
  relationCases(open);
}

function insertCases(open: OpenStore): void {
  it("keeps a task run as it was given", async () => {
    const store = await open();
    const flowRun = await insertFlowRun(store);
    const run = makeTaskRun(flowRun, {
      name: "säubern 🧹",
      task_key: "k",
      dynamic_key: "0",
      cache_key: "c".repeat(2000),
      cache_expiration: at(100),
      task_version: "2",
      empirical_policy: {
        max_retries: 0,
        retry_delay_seconds: 0,
        pause_keys: [],
        retries: 2,
        retry_delay: [1, 10],
      },
      tags: ["t"],
      labels: { a: 1 },
      task_inputs: {
        trips: [
          { input_type: "task_run", id: newId() },
          { input_type: "parameter", name: "path" },
        ],
        "wait for": [{ input_type: "constant", type: "Date" }],
      },
      run_count: 1,
      flow_run_run_count: 2,
      expected_start_time: at(1),
      next_scheduled_start_time: at(2),
      start_time: at(3),
      end_time: at(4),
      total_run_time: 0.001,
      ...inState(makeState("RUNNING", 3, { state_details: { child_flow_run_id: newId() } })),
    });
    expect(await store.taskRuns.insert(run)).toEqual({ run, created: true });
    expect(await store.taskRuns.find(run.id)).toEqual(run);
    expect(await store.taskRuns.listStates(run.id)).toEqual([run.state]);
    expect(await store.taskRuns.list(taskRunQuery({}))).toEqual([run]);
  });

  it("gives back the task run that has the keys in the flow run, or the id", async () => {
    const store = await open();
    const [flowRun, otherFlowRun] = [await insertFlowRun(store), await insertFlowRun(store)];
    const keys = { task_key: "k", dynamic_key: "0" };
    const first = makeTaskRun(flowRun, keys);
    await store.taskRuns.insert(first);
    expect(await store.taskRuns.insert(makeTaskRun(flowRun, keys))).toEqual({ run: first, created: false });
    expect(await store.taskRuns.insert(makeTaskRun(flowRun, { id: first.id }))).toEqual({
      run: first,
      created: false,
    });
    expect((await store.taskRuns.insert(makeTaskRun(otherFlowRun, keys))).created).toBe(true);
    expect((await store.taskRuns.insert(makeTaskRun(null, keys))).created).toBe(true);
    expect((await store.taskRuns.insert(makeTaskRun(null, keys))).created).toBe(true);
    expect(await store.taskRuns.count()).toBe(4);
  });

  it("updates the members present and adds the state", async () => {
    const store = await open();
    const run = makeTaskRun(await insertFlowRun(store), { tags: ["t"] });
    await store.taskRuns.insert(run);
    const failed = makeState("FAILED", 1);
    expect(await store.taskRuns.update(run.id, { ...inState(failed), end_time: at(1), updated: at(1) })).toBe(
      true,
    );
    expect(await store.taskRuns.find(run.id)).toEqual({
      ...run,
      ...inState(failed),
      end_time: at(1),
      updated: at(1),
    });
    expect(await store.taskRuns.listStates(run.id)).toEqual([run.state, failed]);
    expect(await store.taskRuns.update(newId(), { end_time: at(1) })).toBe(false);
  });

  it("deletes a task run with its states, and nothing else", async () => {
    const store = await open();
    const flowRun = await insertFlowRun(store);
    const keys = { task_key: "k", dynamic_key: "0" };
    const [gone, kept] = [makeTaskRun(flowRun, keys), makeTaskRun(flowRun)];
    for (const run of [gone, kept]) await store.taskRuns.insert(run);
    expect(await store.taskRuns.delete(gone.id)).toBe(true);
    expect(await store.taskRuns.delete(gone.id)).toBe(false);
    expect(await store.taskRuns.find(gone.id)).toBeUndefined();
    expect(await store.taskRuns.listStates(gone.id)).toEqual([]);
    expect(await store.taskRuns.list(taskRunQuery({}))).toEqual([kept]);
    expect(await store.taskRuns.listUnfinished(flowRun.id)).toEqual([kept.id]);
    expect(await store.taskRuns.listStates(kept.id)).toEqual([kept.state]);
    expect(await store.flowRuns.find(flowRun.id)).toEqual(flowRun);
    expect((await store.taskRuns.insert(makeTaskRun(flowRun, keys))).created).toBe(true);
  });

  it("finds the newest result under a cache key that still counts", async () => {
    const store = await open();
    const flowRun = await insertFlowRun(store);
    const key = "é".repeat(2000);
    const completed = (seconds: number, members: Partial<StoredTaskRun> = {}) =>
      makeTaskRun(flowRun, {
        cache_key: key,
        end_time: at(seconds),
        state: makeState("COMPLETED", seconds),
        ...members,
      });
    const older = completed(1);
    const newest = completed(2, { cache_expiration: at(20) });
    const others = [
      completed(3, { cache_key: `${key.slice(1)}a` }),
      completed(4, { state: makeState("FAILED", 4) }),
      completed(5, { state: makeState("COMPLETED", 5, { name: "Cached" }) }),
      completed(6, { cache_expiration: at(9) }),
      completed(7, { cache_key: null }),
    ];
    for (const run of [newest, older, ...others]) await store.taskRuns.insert(run);
    expect(await store.taskRuns.findCached(key, at(10))).toEqual(newest);
    expect(await store.taskRuns.findCached(key, at(20))).toEqual(older);
    expect(await store.taskRuns.findCached("other", at(10))).toBeUndefined();
    await store.taskRuns.delete(older.id);
    expect(await store.taskRuns.findCached(key, at(20))).toBeUndefined();
  });

  it("lists the task runs of a flow run that have not ended", async () => {
    const store = await open();
    const [flowRun, other] = [await insertFlowRun(store), await insertFlowRun(store)];
    const live = [
      makeTaskRun(flowRun, { state: makeState("RUNNING") }),
      makeTaskRun(flowRun, { state: makeState("SCHEDULED") }),
      makeTaskRun(flowRun, { state: makeState("PAUSED") }),
      makeTaskRun(flowRun, { state: null }),
    ];
    const ended = (["COMPLETED", "FAILED", "CANCELLED", "CRASHED"] as const).map((type) =>
      makeTaskRun(flowRun, { state: makeState(type) }),
    );
    for (const run of [...live, ...ended, makeTaskRun(other)]) await store.taskRuns.insert(run);
    expect((await store.taskRuns.listUnfinished(flowRun.id)).toSorted()).toEqual(
      live.map((run) => run.id).toSorted(),
    );
    expect(await store.taskRuns.listUnfinished(newId())).toEqual([]);
  });
}

const SORTS: Readonly<Record<NonNullable<TaskRunQuery["sort"]>, readonly string[]>> = {
  ID_DESC: ["c", "b", "a"],
  EXPECTED_START_TIME_ASC: ["b", "a", "c"],
  EXPECTED_START_TIME_DESC: ["a", "b", "c"],
  NAME_ASC: ["a", "b", "c"],
  NAME_DESC: ["c", "b", "a"],
  NEXT_SCHEDULED_START_TIME_ASC: ["a", "b", "c"],
  END_TIME_DESC: ["b", "a", "c"],
};

function sortCases(open: OpenStore): void {
  it.each(Object.entries(SORTS))("sorts task runs by %s", async (sort, names) => {
    const store = await open();
    await threeTaskRuns(store);
    const listed = await store.taskRuns.list(taskRunQuery({ sort: sort as keyof typeof SORTS }));
    expect(listed.map((run) => run.name)).toEqual(names);
  });

  it("pages task runs, with 200 unless told otherwise", async () => {
    const store = await open();
    const flowRun = await insertFlowRun(store);
    const records = Array.from({ length: 203 }, () => makeRecord(flowRun, [makeState("RUNNING")]));
    await store.taskRuns.record(records, at(0));
    const ids = records.map((record) => record.id).toReversed();
    const listed = async (query: TaskRunQuery) =>
      (await store.taskRuns.list(taskRunQuery(query))).map((run) => run.id);
    expect(await listed({})).toEqual(ids.slice(0, 200));
    expect(await listed({ limit: 2, offset: 201 })).toEqual(ids.slice(201));
    expect(await store.taskRuns.count(taskRunQuery({ limit: 2 }).where)).toBe(203);
  });
}

/** What finds "a", "b" and "c" of `threeTaskRuns`. */
const FILTERS: readonly (readonly [string, TaskRunFilter, readonly string[]])[] = [
  ["nothing", {}, ["a", "b", "c"]],
  ["a name", { name: { any_: ["a"] } }, ["a"]],
  ["part of a name", { name: { like_: "C" } }, ["c"]],
  ["tags", { tags: { any_: ["x"] } }, ["a", "b"]],
  ["a state type", { state: { type: { any_: ["RUNNING"] } } }, ["a"]],
  ["a state name", { state: { name: { any_: ["Cached"] } } }, ["b"]],
  ["a start", { start_time: { after_: at(2) } }, ["b"]],
  ["no start, whatever was expected", { start_time: { is_null_: true } }, ["c"]],
  ["an end", { end_time: { before_: at(5) } }, ["a"]],
  ["an expected start", { expected_start_time: { before_: at(8) } }, ["b"]],
  ["standing for a sub-flow run", { subflow_runs: { exists_: true } }, ["a"]],
  ["not standing for a sub-flow run", { subflow_runs: { exists_: false } }, ["b", "c"]],
  ["no flow run", { flow_run_id: { is_null_: true } }, ["c"]],
  ["a flow run", { flow_run_id: { is_null_: false } }, ["a", "b"]],
  ["or", { operator: "or_", name: { any_: ["c"] }, subflow_runs: { exists_: true } }, ["a", "c"]],
];

function filterCases(open: OpenStore): void {
  it.each(FILTERS)("filters task runs by %s", async (_what, filter, names) => {
    const store = await open();
    await threeTaskRuns(store);
    const listed = await store.taskRuns.list(taskRunQuery({ task_runs: filter, sort: "NAME_ASC" }));
    expect(listed.map((run) => run.name)).toEqual(names);
    expect(await store.taskRuns.count(taskRunQuery({ task_runs: filter }).where)).toBe(names.length);
  });

  it("filters task runs by id and flow run", async () => {
    const store = await open();
    const { flowRun, ids } = await threeTaskRuns(store);
    const other = makeTaskRun(await insertFlowRun(store), { name: "d" });
    await store.taskRuns.insert(other);
    const names = async (filter: TaskRunFilter) =>
      (await store.taskRuns.list(taskRunQuery({ task_runs: filter, sort: "NAME_ASC" }))).map(
        (run) => run.name,
      );
    expect(await names({ id: { any_: [ids[1] ?? "", newId()] } })).toEqual(["b"]);
    expect(await names({ flow_run_id: { any_: [flowRun.id] } })).toEqual(["a", "b"]);
    expect(await names({ flow_run_id: { any_: [flowRun.id, flowRun.id, other.flow_run_id ?? ""] } })).toEqual(
      ["a", "b", "d"],
    );
    expect(await names({ flow_run_id: { operator: "or_", any_: [flowRun.id], is_null_: true } })).toEqual([
      "a",
      "b",
      "c",
    ]);
    expect(
      await names({ operator: "or_", flow_run_id: { any_: [flowRun.id] }, name: { any_: ["d"] } }),
    ).toEqual(["a", "b", "d"]);
    expect(await names({ flow_run_id: { any_: [] } })).toEqual([]);
  });
}

function relationCases(open: OpenStore): void {
  it("filters task runs by their flow run and its flow", async () => {
    const store = await open();
    const { flowRun } = await threeTaskRuns(store);
    const names = async (query: TaskRunQuery) =>
      (await store.taskRuns.list(taskRunQuery({ ...query, sort: "NAME_ASC" }))).map((run) => run.name);
    expect(await names({ flow_runs: { id: { any_: [flowRun.id] } } })).toEqual(["a", "b"]);
    expect(await names({ flow_runs: { id: { not_any_: [flowRun.id] } } })).toEqual([]);
    expect(
      await names({ flows: { id: { any_: [flowRun.flow_id] } }, task_runs: { name: { any_: ["b"] } } }),
    ).toEqual(["b"]);
    expect(await names({ flows: { name: { any_: ["other"] } } })).toEqual([]);
    expect(await names({ flow_runs: {}, flows: { operator: "or_", tags: {} } })).toEqual(["a", "b", "c"]);
  });
}

async function insertFlowRun(store: Store): Promise<StoredFlowRun> {
  return (await store.flowRuns.insert(makeFlowRun(await insertFlow(store)))).run;
}

/** Task runs "a" (which stands for a sub-flow run) and "b" of one flow run, and "c" outside flows. */
async function threeTaskRuns(store: Store): Promise<{ flowRun: StoredFlowRun; ids: string[] }> {
  const flow = makeFlow({ name: "etl" });
  await store.flows.insert(flow);
  const flowRun = makeFlowRun(flow);
  await store.flowRuns.insert(flowRun);
  const runs = [
    makeTaskRun(flowRun, {
      name: "a",
      tags: ["x"],
      start_time: at(1),
      end_time: at(5),
      expected_start_time: at(9),
      next_scheduled_start_time: at(1),
      state: makeState("RUNNING"),
    }),
    makeTaskRun(flowRun, {
      name: "b",
      tags: ["x", "y"],
      start_time: at(2),
      end_time: at(6),
      expected_start_time: at(8),
      next_scheduled_start_time: at(2),
      state: makeState("COMPLETED", 0, { name: "Cached" }),
    }),
    makeTaskRun(null, { name: "c", state: null }),
  ];
  for (const run of runs) await store.taskRuns.insert(run);
  await store.flowRuns.insert(makeFlowRun(flow, { parent_task_run_id: runs[0]?.id ?? null }));
  return { flowRun, ids: runs.map((run) => run.id) };
}
