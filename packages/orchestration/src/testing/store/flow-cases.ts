/** Cases of the store suite on flows. */

import type { FlowFilter, FlowQuery } from "@sluice/protocol";
import { expect, it } from "vitest";
import { flowQuery } from "../../filters/run-queries.ts";
import { at, makeFlow, makeFlowRun, makeRecord, makeState } from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

export function flowCases(open: OpenStore): void {
  it("keeps a flow as it was given", async () => {
    const store = await open();
    const flow = makeFlow({
      name: "Überprüfung 🚰 naïve",
      tags: ["a", "ü"],
      labels: { team: "x", n: 1.5, on: true },
    });
    expect(await store.flows.insert(flow)).toEqual({ flow, created: true });
    expect(await store.flows.find(flow.id)).toEqual(flow);
  });

  it("finds nothing for an id that is not stored", async () => {
    const store = await open();
    expect(await store.flows.find(makeFlow().id)).toBeUndefined();
  });

  it("gives back the flow that has the name, unchanged", async () => {
    const store = await open();
    const first = makeFlow({ name: "etl", tags: ["first"] });
    await store.flows.insert(first);
    const second = makeFlow({ name: "etl", tags: ["second"] });
    expect(await store.flows.insert(second)).toEqual({ flow: first, created: false });
    expect(await store.flows.find(second.id)).toBeUndefined();
    expect(await store.flows.count()).toBe(1);
  });

  it("writes the members present, and says whether there is such a flow", async () => {
    const store = await open();
    const flow = makeFlow({ tags: ["a"], labels: { team: "x" } });
    await store.flows.insert(flow);
    expect(await store.flows.update(flow.id, { tags: ["ü"], updated: at(1) })).toBe(true);
    expect(await store.flows.find(flow.id)).toEqual({ ...flow, tags: ["ü"], updated: at(1) });
    expect(await store.flows.update(flow.id, {})).toBe(true);
    expect(await store.flows.update(makeFlow().id, { tags: [] })).toBe(false);
    expect(await store.flows.update(makeFlow().id, {})).toBe(false);
  });

  it("deletes a flow, whose name is free then, and nothing else", async () => {
    const store = await open();
    const [flow, kept] = [makeFlow({ name: "etl" }), makeFlow()];
    await store.flows.insert(flow);
    await store.flows.insert(kept);
    expect(await store.flows.delete(flow.id)).toBe(true);
    expect(await store.flows.delete(flow.id)).toBe(false);
    expect(await store.flows.find(flow.id)).toBeUndefined();
    expect(await store.flows.list({})).toEqual([kept]);
    expect((await store.flows.insert(makeFlow({ name: "etl" }))).created).toBe(true);
  });

  it("tells names apart by case", async () => {
    const store = await open();
    await store.flows.insert(makeFlow({ name: "etl" }));
    expect((await store.flows.insert(makeFlow({ name: "ETL" }))).created).toBe(true);
  });

  it("makes one flow of many inserts of a name at once", async () => {
    const store = await open();
    const results = await Promise.all(
      Array.from({ length: 20 }, () => store.flows.insert(makeFlow({ name: "etl" }))),
    );
    expect(results.filter((result) => result.created)).toHaveLength(1);
    expect(new Set(results.map((result) => result.flow.id)).size).toBe(1);
  });

  it("sorts flows by name unless told otherwise", async () => {
    const store = await open();
    const names = ["b", "a", "Z", "😀", "\uff5e", "é"];
    for (const [index, name] of names.entries()) {
      await store.flows.insert(makeFlow({ name, created: at(index), updated: at(-index) }));
    }
    const byCodePoint = ["Z", "a", "b", "é", "\uff5e", "😀"];
    const listed = async (sort?: "NAME_ASC" | "NAME_DESC" | "CREATED_DESC" | "UPDATED_DESC") =>
      (await store.flows.list(flowQuery({ sort }))).map((flow) => flow.name);
    expect(await listed()).toEqual(byCodePoint);
    expect(await listed("NAME_ASC")).toEqual(byCodePoint);
    expect(await listed("NAME_DESC")).toEqual(byCodePoint.toReversed());
    expect(await listed("CREATED_DESC")).toEqual(names.toReversed());
    expect(await listed("UPDATED_DESC")).toEqual(names);
  });

  it("filters flows by id, name and tags", async () => {
    const store = await open();
    const etl = makeFlow({ name: "nightly-ETL", tags: ["prod", "night"] });
    const report = makeFlow({ name: "report_50%", tags: ["prod"] });
    const bare = makeFlow({ name: "bare" });
    for (const flow of [etl, report, bare]) await store.flows.insert(flow);
    const names = async (flows: FlowFilter) =>
      (await store.flows.list(flowQuery({ flows }))).map((flow) => flow.name);
    expect(await names({ id: { any_: [etl.id] } })).toEqual([etl.name]);
    expect(await names({ id: { not_any_: [etl.id] } })).toEqual([bare.name, report.name]);
    expect(await names({ name: { any_: [bare.name, etl.name] } })).toEqual([bare.name, etl.name]);
    expect(await names({ name: { like_: "etl" } })).toEqual([etl.name]);
    expect(await names({ name: { like_: "t_5" } })).toEqual([report.name]);
    expect(await names({ name: { like_: "0%" } })).toEqual([report.name]);
    expect(await names({ name: { like_: "t%5" } })).toEqual([]);
    expect(await names({ tags: { all_: ["prod", "night"] } })).toEqual([etl.name]);
    expect(await names({ tags: { any_: ["night", "other"] } })).toEqual([etl.name]);
    expect(await names({ tags: { is_null_: true } })).toEqual([bare.name]);
    expect(await names({ tags: { is_null_: false } })).toEqual([etl.name, report.name]);
    expect(await names({ operator: "or_", name: { like_: "bare" }, tags: { all_: ["night"] } })).toEqual([
      bare.name,
      etl.name,
    ]);
  });

  it("filters flows by their runs and task runs", async () => {
    const store = await open();
    const [busy, idle] = [makeFlow({ name: "busy" }), makeFlow({ name: "idle" })];
    for (const flow of [busy, idle]) await store.flows.insert(flow);
    const run = makeFlowRun(busy, { name: "blue-fox", state: makeState("RUNNING") });
    const other = makeFlowRun(busy, { name: "red-fox" });
    await store.flowRuns.insert(run);
    await store.flowRuns.insert(other);
    await store.taskRuns.record([makeRecord(other, [makeState("FAILED")], { name: "clean" })], at(1));
    const count = (query: FlowQuery) => store.flows.count(flowQuery(query).where);
    expect(await count({ flow_runs: { state: { type: { any_: ["RUNNING"] } } } })).toBe(1);
    expect(await count({ flow_runs: { name: { any_: ["green-fox"] } } })).toBe(0);
    expect(await count({ task_runs: { name: { any_: ["clean"] } } })).toBe(1);
    // One and the same run must match both.
    expect(
      await count({ flow_runs: { id: { any_: [run.id] } }, task_runs: { name: { any_: ["clean"] } } }),
    ).toBe(0);
    expect(await count({ flow_runs: {}, task_runs: {} })).toBe(2);
  });
}
