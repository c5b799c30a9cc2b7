/** Cases of the API suite on artifacts. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { createRun, type OpenApi } from "./open-api.ts";

export function artifactCases(open: OpenApi): void {
  it("keeps an artifact as it was given", async () => {
    const api = await open();
    const run = await createRun(api);
    const given = {
      key: "report",
      type: "table",
      description: "ü",
      data: [{ a: 1 }],
      metadata_: { m: "1" },
      flow_run_id: run.id,
    };
    const artifact = await api.artifacts.create(given);
    expect(artifact).toMatchObject({ ...given, task_run_id: null });
    expect(await api.artifacts.get(artifact.id)).toEqual(artifact);
    expect(await api.artifacts.create({ data: 1 })).toMatchObject({ key: null, type: null, data: 1 });
  });

  it("knows the newest of a key", async () => {
    const api = await open();
    const first = await api.artifacts.create({ key: "a", data: 1 });
    const second = await api.artifacts.create({ key: "a", data: 2 });
    expect(await api.artifacts.getLatest("a")).toMatchObject({ id: second.id });
    const [latest, ...others] = await api.artifacts.filterLatest({});
    expect(others).toEqual([]);
    expect(latest).toMatchObject({ key: "a", latest_id: second.id, data: 2 });
    await api.artifacts.delete(second.id);
    expect(await api.artifacts.getLatest("a")).toMatchObject({ id: first.id });
    expect(await api.artifacts.filterLatest({})).toMatchObject([{ id: latest?.id, latest_id: first.id }]);
    await api.artifacts.delete(first.id);
    expect(await api.artifacts.countLatest({})).toBe(0);
    await expect(api.artifacts.getLatest("a")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  it("has one newest of a key when many are made at once", async () => {
    const api = await open();
    await Promise.all(Array.from({ length: 8 }, (_, data) => api.artifacts.create({ key: "a", data })));
    expect(await api.artifacts.count({})).toBe(8);
    expect(await api.artifacts.countLatest({})).toBe(1);
  });

  it("changes the members given", async () => {
    const api = await open();
    const { id } = await api.artifacts.create({ key: "p", type: "progress", data: 0, description: "d" });
    await api.artifacts.update(id, { data: 50 });
    expect(await api.artifacts.get(id)).toMatchObject({ data: 50, description: "d", key: "p" });
    expect(await api.artifacts.filterLatest({})).toMatchObject([{ data: 50 }]);
    await api.artifacts.update(id, { description: null });
    expect(await api.artifacts.get(id)).toMatchObject({ data: 50, description: null });
  });

  it("misses what does not exist, and refuses keys that do not fit", async () => {
    const api = await open();
    const id = newId();
    for (const call of [
      () => api.artifacts.get(id),
      () => api.artifacts.update(id, { data: 1 }),
      () => api.artifacts.delete(id),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    }
    await expect(api.artifacts.create({ key: "A b" })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("lists those that match, also by what made them", async () => {
    const api = await open();
    const run = await createRun(api, { type: "RUNNING" }, { tags: ["x"] });
    const other = await createRun(api);
    const a = await api.artifacts.create({ key: "a", type: "markdown", flow_run_id: run.id });
    const b = await api.artifacts.create({ key: "b", type: "table", flow_run_id: other.id });
    const c = await api.artifacts.create({ type: "result" });
    const ids = async (query: Parameters<typeof api.artifacts.filter>[0]) =>
      (await api.artifacts.filter({ sort: "CREATED_DESC", ...query })).map(({ id }) => id).sort();
    expect(await ids({ artifacts: { type: { not_any_: ["result"] } } })).toEqual([a.id, b.id].sort());
    expect(await ids({ artifacts: { key: { exists_: false } } })).toEqual([c.id]);
    expect(await ids({ artifacts: { key: { like_: "A" } } })).toEqual([a.id]);
    expect(await ids({ artifacts: { flow_run_id: { any_: [run.id] } } })).toEqual([a.id]);
    expect(await ids({ flow_runs: { tags: { all_: ["x"] } } })).toEqual([a.id]);
    expect(await ids({ flows: { id: { any_: [other.flow_id] } } })).toEqual([b.id]);
    expect(await api.artifacts.count({ artifacts: { type: { any_: ["table"] } } })).toBe(1);
    const latest = { artifacts: { type: { any_: ["table"] } } };
    expect(await api.artifacts.filterLatest(latest)).toMatchObject([{ latest_id: b.id }]);
    expect(await api.artifacts.filterLatest({ sort: "KEY_ASC", limit: 1 })).toMatchObject([{ key: "a" }]);
    expect(await api.artifacts.countLatest({ artifacts: { latest_id: { any_: [a.id] } } })).toBe(1);
  });
}
