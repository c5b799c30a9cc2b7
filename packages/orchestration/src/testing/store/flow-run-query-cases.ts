/** Cases of the store suite on lists and counts of flow runs. */

import { type FlowRunFilter, type FlowRunQuery, newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { flowRunQuery } from "../../filters/run-queries.ts";
import type { Store } from "../../store.ts";
import type { StoredFlowRun } from "../../stored-nouns.ts";
import { at, insertFlow, makeFlow, makeFlowRun, makeRecord, makeState, makeTaskRun } from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

export function flowRunQueryCases(open: OpenStore): void {
  sortCases(open);
  pageCases(open);
  filterCases(open);
  relationCases(open);
}

const SORTS: Readonly<Record<NonNullable<FlowRunQuery["sort"]>, readonly string[]>> = {
  ID_DESC: ["empty", "equal", "late", "early"],
  START_TIME_ASC: ["early", "late", "equal", "empty"],
  START_TIME_DESC: ["equal", "late", "early", "empty"],
  EXPECTED_START_TIME_ASC: ["late", "equal", "early", "empty"],
  EXPECTED_START_TIME_DESC: ["early", "equal", "late", "empty"],
  NAME_ASC: ["early", "empty", "equal", "late"],
  NAME_DESC: ["late", "equal", "empty", "early"],
  NEXT_SCHEDULED_START_TIME_ASC: ["late", "early", "equal", "empty"],
  END_TIME_DESC: ["early", "late", "equal", "empty"],
};

function sortCases(open: OpenStore): void {
  it.each(Object.entries(SORTS))("sorts flow runs by %s", async (sort, names) => {
    const store = await open();
    const flow = await insertFlow(store);
    const runs = [
      makeFlowRun(flow, {
        name: "early",
        start_time: at(1),
        expected_start_time: at(9),
        next_scheduled_start_time: at(5),
        end_time: at(8),
      }),
      makeFlowRun(flow, {
        name: "late",
        start_time: at(2),
        expected_start_time: at(3),
        next_scheduled_start_time: at(4),
        end_time: at(7),
      }),
      // Without a start, the expected one counts; its id decides between it and the equal next start of "early".
      makeFlowRun(flow, {
        name: "equal",
        expected_start_time: at(3),
        next_scheduled_start_time: at(5),
        end_time: at(6),
      }),
      makeFlowRun(flow, { name: "empty" }),
    ];
    for (const run of runs) await store.flowRuns.insert(run);
    const listed = await store.flowRuns.list(flowRunQuery({ sort: sort as keyof typeof SORTS }));
    expect(listed.map((run) => run.name)).toEqual(names);
  });

  it("lists the newest ids first unless told otherwise", async () => {
    const store = await open();
    const flow = await insertFlow(store);
    const ids = [];
    for (let index = 0; index < 5; index += 1) {
      ids.push((await store.flowRuns.insert(makeFlowRun(flow))).run.id);
    }
    expect((await store.flowRuns.list(flowRunQuery({}))).map((run) => run.id)).toEqual(ids.toReversed());
    expect((await store.flowRuns.list(flowRunQuery({ sort: null }))).map((run) => run.id)).toEqual(
      ids.toReversed(),
    );
  });
}

function pageCases(open: OpenStore): void {
  it("pages, with 200 runs unless told otherwise; counting does not page", async () => {
    const store = await open();
    const flow = await insertFlow(store);
    const ids = await store.transaction(async (transaction) => {
      const inserted: string[] = [];
      for (let index = 0; index < 205; index += 1) {
        inserted.push((await transaction.flowRuns.insert(makeFlowRun(flow))).run.id);
      }
      return inserted.toReversed();
    });
    const listed = async (query: FlowRunQuery) =>
      (await store.flowRuns.list(flowRunQuery(query))).map((run) => run.id);
    expect(await listed({})).toEqual(ids.slice(0, 200));
    expect(await listed({ limit: null, offset: null })).toEqual(ids.slice(0, 200));
    expect(await listed({ limit: 3 })).toEqual(ids.slice(0, 3));
    expect(await listed({ limit: 3, offset: 2 })).toEqual(ids.slice(2, 5));
    expect(await listed({ offset: 200 })).toEqual(ids.slice(200));
    expect(await listed({ offset: 300 })).toEqual([]);
    expect(await listed({ limit: 0 })).toEqual([]);
    expect(await store.flowRuns.count(flowRunQuery({ limit: 3, offset: 2 }).where)).toBe(205);
  });
}

type NamedFilters = readonly (readonly [string, FlowRunFilter, readonly string[]])[];

/** What finds "a", "b" and "c" of `threeRuns`. */
const FILTERS: NamedFilters = [
  ["nothing", {}, ["a", "b", "c"]],
  [
    "members that are null",
    { id: null, name: { any_: null, like_: null }, tags: {}, state: null },
    ["a", "b", "c"],
  ],
  ["an empty any_", { name: { any_: [] } }, []],
  ["an empty not_any_", { state: { type: { not_any_: [] } } }, ["a", "b", "c"]],
  ["an empty all_", { tags: { all_: [] } }, ["a", "b", "c"]],
  ["an empty any_ of tags", { tags: { any_: [] } }, []],
  ["a name", { name: { any_: ["a", "x"] } }, ["a"]],
  ["part of a name, whatever its case", { name: { like_: "B" } }, ["b"]],
  ["a wild card of SQL in a name", { name: { like_: "%" } }, []],
  ["all tags", { tags: { all_: ["x", "y"] } }, ["a"]],
  ["a tag with a quote", { tags: { all_: ['"q"'] } }, ["b"]],
  ["part of a tag", { tags: { any_: ["q"] } }, []],
  ["any tag", { tags: { any_: ["y", '"q"'] } }, ["a", "b"]],
  ["no tags", { tags: { is_null_: true } }, ["c"]],
  ["some tags", { tags: { is_null_: false } }, ["a", "b"]],
  ["tags joined by or", { tags: { operator: "or_", is_null_: true, all_: ["x", "y"] } }, ["a", "c"]],
  ["a state type", { state: { type: { any_: ["RUNNING", "FAILED"] } } }, ["a"]],
  ["other state types", { state: { type: { not_any_: ["RUNNING"] } } }, ["b", "c"]],
  ["a state name", { state: { name: { any_: ["AwaitingRetry"] } } }, ["b"]],
  ["other state names", { state: { name: { not_any_: ["AwaitingRetry"] } } }, ["a", "c"]],
  [
    "state type or name",
    { state: { operator: "or_", type: { any_: ["RUNNING"] }, name: { any_: ["AwaitingRetry"] } } },
    ["a", "b"],
  ],
  ["state type and name", { state: { type: { any_: ["RUNNING"] }, name: { any_: ["AwaitingRetry"] } } }, []],
  ["a flow version", { flow_version: { any_: ["1"] } }, ["a"]],
  ["a start before, inclusive, or expected then", { start_time: { before_: at(10) } }, ["a"]],
  ["a start after, inclusive, or expected then", { start_time: { after_: at(10) } }, ["a", "b"]],
  ["a start between", { start_time: { after_: at(11), before_: at(20) } }, ["b"]],
  ["a start that is missing, expected or not", { start_time: { is_null_: true } }, ["b", "c"]],
  ["a start that is there", { start_time: { is_null_: false } }, ["a"]],
  ["an end before", { end_time: { before_: at(30) } }, ["a"]],
  ["an end after", { end_time: { after_: at(31) } }, []],
  ["no end", { end_time: { is_null_: true } }, ["b", "c"]],
  ["an expected start", { expected_start_time: { after_: at(20) } }, ["b"]],
  ["an expected start a microsecond later", { expected_start_time: { after_: at(20.000001) } }, []],
  ["a next start", { next_scheduled_start_time: { before_: at(40) } }, ["b"]],
  ["an instant in another time zone", { end_time: { before_: "2026-03-04T07:06:37.123457+02:00" } }, ["a"]],
  ["an instant before it in another time zone", { end_time: { before_: "2026-03-04T07:06:37+02:00" } }, []],
  ["an idempotency key", { idempotency_key: { any_: ["key"] } }, ["c"]],
  ["other idempotency keys or none", { idempotency_key: { not_any_: ["key"] } }, ["a", "b"]],
  ["a parent", { parent_task_run_id: { is_null_: false } }, ["b"]],
  ["no parent", { parent_task_run_id: { is_null_: true } }, ["a", "c"]],
  ["two members", { name: { any_: ["a", "b"] }, tags: { all_: ["y"] } }, ["a"]],
  ["one of two members", { operator: "or_", name: { any_: ["c"] }, tags: { all_: ["y"] } }, ["a", "c"]],
  ["or, with one empty member", { operator: "or_", name: { any_: ["c"] }, tags: {}, id: null }, ["c"]],
  ["or without members", { operator: "or_" }, ["a", "b", "c"]],
];

function filterCases(open: OpenStore): void {
  it.each(FILTERS)("filters flow runs by %s", async (_what, filter, names) => {
    const store = await open();
    await threeRuns(store);
    const listed = await store.flowRuns.list(flowRunQuery({ flow_runs: filter, sort: "NAME_ASC" }));
    expect(listed.map((run) => run.name)).toEqual(names);
    expect(await store.flowRuns.count(flowRunQuery({ flow_runs: filter }).where)).toBe(names.length);
  });

  it("filters flow runs by id, parent task run and parent flow run", async () => {
    const store = await open();
    const runs = await threeRuns(store);
    const [a, b] = [runs[0]?.id ?? "", runs[1]?.id ?? ""];
    const tracking = runs[1]?.parent_task_run_id ?? "";
    const names = async (filter: FlowRunFilter) =>
      (await store.flowRuns.list(flowRunQuery({ flow_runs: filter, sort: "NAME_ASC" }))).map(
        (run) => run.name,
      );
    expect(await names({ id: { any_: [a, b, newId()] } })).toEqual(["a", "b"]);
    expect(await names({ id: { any_: [a, b], not_any_: [a] } })).toEqual(["b"]);
    expect(await names({ parent_task_run_id: { any_: [tracking] } })).toEqual(["b"]);
    expect(
      await names({ parent_task_run_id: { operator: "or_", any_: [tracking], is_null_: true } }),
    ).toEqual(["a", "b", "c"]);
    expect(await names({ parent_flow_run_id: { any_: [a] } })).toEqual(["b"]);
    expect(await names({ parent_flow_run_id: { any_: [b] } })).toEqual([]);
  });

  it("takes hundreds of ids in one filter", async () => {
    const store = await open();
    const [run] = await threeRuns(store);
    const ids = [...Array.from({ length: 2000 }, () => newId()), run?.id ?? ""];
    expect(await store.flowRuns.count(flowRunQuery({ flow_runs: { id: { any_: ids } } }).where)).toBe(1);
  });
}

function relationCases(open: OpenStore): void {
  it("filters flow runs by their flow and their task runs", async () => {
    const store = await open();
    const runs = await threeRuns(store);
    const other = makeFlow({ name: "other", tags: ["t"] });
    await store.flows.insert(other);
    await store.flowRuns.insert(makeFlowRun(other, { name: "d" }));
    await store.taskRuns.record(
      [makeRecord(runs[2] ?? null, [makeState("FAILED")], { name: "clean" })],
      at(1),
    );
    const names = async (query: FlowRunQuery) =>
      (await store.flowRuns.list(flowRunQuery({ ...query, sort: "NAME_ASC" }))).map((run) => run.name);
    expect(await names({ flows: { tags: { all_: ["t"] } } })).toEqual(["d"]);
    expect(
      await names({ flows: { name: { any_: ["etl"] } }, flow_runs: { name: { any_: ["a", "d"] } } }),
    ).toEqual(["a"]);
    expect(await names({ task_runs: { state: { type: { any_: ["FAILED"] } } } })).toEqual(["c"]);
    expect(await names({ task_runs: { subflow_runs: { exists_: true } } })).toEqual(["a"]);
    expect(await names({ flows: {}, task_runs: { operator: "or_" } })).toEqual(["a", "b", "c", "d"]);
    expect(await names({ flows: null, task_runs: null })).toHaveLength(4);
  });
}

/** Runs "a", "b" and "c" of the flow "etl"; "b" is a sub-flow run of "a". */
async function threeRuns(store: Store): Promise<StoredFlowRun[]> {
  const flow = makeFlow({ name: "etl" });
  await store.flows.insert(flow);
  const a = makeFlowRun(flow, {
    name: "a",
    tags: ["x", "y"],
    flow_version: "1",
    start_time: at(10),
    end_time: at(30),
    state: makeState("RUNNING"),
  });
  await store.flowRuns.insert(a);
  const tracking = makeTaskRun(a);
  await store.taskRuns.insert(tracking);
  const b = makeFlowRun(flow, {
    name: "b",
    tags: ['"q"', "x"],
    flow_version: "2",
    expected_start_time: at(20),
    next_scheduled_start_time: at(40),
    parent_task_run_id: tracking.id,
    state: makeState("SCHEDULED", 0, { name: "AwaitingRetry" }),
  });
  const c = makeFlowRun(flow, { name: "c", idempotency_key: "key", state: null });
  await store.flowRuns.insert(b);
  await store.flowRuns.insert(c);
  return [a, b, c];
}
