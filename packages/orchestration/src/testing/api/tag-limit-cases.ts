/** Cases of the API suite on the limits of tags, as older clients ask for them. */
import { newId, type StateCreate } from "@sluice/protocol";
import { expect, it } from "vitest";
import { takenOf } from "./concurrency-cases.ts";
import { createRun, type OpenApi } from "./open-api.ts";

const GONE = { code: "OBJECT_NOT_FOUND" };

export function tagLimitCases(open: OpenApi): void {
  it("is the concurrency limit of the tag, changed when it is made again", async () => {
    const api = await open();
    const limit = await api.tagLimits.create({ tag: "etl", concurrency_limit: 2 });
    expect(limit).toMatchObject({ tag: "etl", concurrency_limit: 2, active_slots: [] });
    expect(await api.concurrencyLimits.get("tag:etl")).toMatchObject({ id: limit.id, limit: 2 });
    const again = await api.tagLimits.create({ tag: "etl", concurrency_limit: 3 });
    expect(again).toMatchObject({ id: limit.id, created: limit.created, concurrency_limit: 3 });
    expect(await api.tagLimits.getByTag("etl")).toEqual(again);
    expect(await api.tagLimits.get(limit.id)).toEqual(again);
  });

  it("shows the task runs that hold its slots", async () => {
    const api = await open();
    const { id } = await api.tagLimits.create({ tag: "etl", concurrency_limit: 2 });
    await api.tagLimits.create({ tag: "big", concurrency_limit: 1 });
    const [first, second] = [newId(), newId()];
    const names = ["etl", "big", "without limit"];
    const taken = await api.tagLimits.increment({ names, task_run_id: first });
    expect(taken.map(({ name }) => name).toSorted()).toEqual(["big", "etl"]);
    const holder = { type: "task_run", id: second } as const;
    await api.concurrencyLimits.incrementWithLease({ names: ["tag:etl"], slots: 1, holder });
    expect((await api.tagLimits.get(id)).active_slots.toSorted()).toEqual([first, second].toSorted());
    expect((await api.tagLimits.getByTag("big")).active_slots).toEqual([first]);
    const refused = api.tagLimits.increment({ names: ["etl"], task_run_id: newId() });
    await expect(refused).rejects.toMatchObject({ code: "SLOTS_TAKEN" });
    await api.tagLimits.decrement({ names, task_run_id: first });
    expect((await api.tagLimits.get(id)).active_slots).toEqual([second]);
    expect([await takenOf(api, "tag:etl"), await takenOf(api, "tag:big")]).toEqual([1, 0]);
  });

  it("of 0 refuses everybody, and waiting does not help", async () => {
    const api = await open();
    await api.tagLimits.create({ tag: "never", concurrency_limit: 0 });
    await expect(api.tagLimits.increment({ names: ["never"], task_run_id: newId() })).rejects.toMatchObject({
      code: "SLOTS_TAKEN",
      details: { retryAfterSeconds: null },
    });
  });

  it("can be emptied, or given to task runs", async () => {
    const api = await open();
    await api.tagLimits.create({ tag: "etl", concurrency_limit: 3 });
    await api.tagLimits.create({ tag: "big", concurrency_limit: 3 });
    await api.tagLimits.increment({ names: ["etl", "big"], task_run_id: newId() });
    await api.concurrencyLimits.increment({ names: ["tag:etl"], slots: 1 });
    const holders = [newId(), newId()];
    await api.tagLimits.reset("etl", { slot_override: holders });
    expect((await api.tagLimits.getByTag("etl")).active_slots.toSorted()).toEqual(holders.toSorted());
    expect([await takenOf(api, "tag:etl"), await takenOf(api, "tag:big")]).toEqual([2, 0]);
    await api.tagLimits.reset("etl", {});
    expect(await takenOf(api, "tag:etl")).toBe(0);
    await expect(api.tagLimits.reset("nobody", {})).rejects.toMatchObject(GONE);
  });

  it("is listed with others of its kind only, and deleted by id or tag", async () => {
    const api = await open();
    await api.concurrencyLimits.create({ name: "database", limit: 1 });
    const first = await api.tagLimits.create({ tag: "a", concurrency_limit: 1 });
    await api.tagLimits.create({ tag: "b", concurrency_limit: 1 });
    expect((await api.tagLimits.filter({})).map(({ tag }) => tag)).toEqual(["a", "b"]);
    await api.tagLimits.delete(first.id);
    await api.tagLimits.deleteByTag("b");
    expect(await api.tagLimits.filter({})).toEqual([]);
    const { id } = await api.concurrencyLimits.get("database");
    await expect(api.tagLimits.get(id)).rejects.toMatchObject(GONE);
    await expect(api.tagLimits.delete(id)).rejects.toMatchObject(GONE);
    await expect(api.tagLimits.getByTag("a")).rejects.toMatchObject(GONE);
    await expect(api.tagLimits.deleteByTag("a")).rejects.toMatchObject(GONE);
  });

  it("holds for task runs whose states the server decides, until they stop to run", async () => {
    const api = await open();
    await api.tagLimits.create({ tag: "etl", concurrency_limit: 1 });
    const { id: flow_run_id } = await createRun(api, { type: "RUNNING" });
    const create = () =>
      api.taskRuns.create({ flow_run_id, task_key: "t", dynamic_key: newId(), tags: ["etl", "free"] });
    const [first, second] = [await create(), await create()];
    const propose = (id: string, type: StateCreate["type"]) => api.taskRuns.setState(id, { state: { type } });
    expect(await propose(first.id, "RUNNING")).toMatchObject({ status: "ACCEPT" });
    expect((await api.tagLimits.getByTag("etl")).active_slots).toEqual([first.id]);
    expect(await propose(second.id, "RUNNING")).toMatchObject({
      status: "WAIT",
      details: { delay_seconds: expect.any(Number), reason: "Concurrency limit reached for tags: etl" },
    });
    await propose(first.id, "RUNNING");
    expect(await takenOf(api, "tag:etl")).toBe(1);
    await propose(first.id, "FAILED");
    expect(await takenOf(api, "tag:etl")).toBe(0);
    expect(await propose(second.id, "RUNNING")).toMatchObject({ status: "ACCEPT" });
    await api.taskRuns.setState(second.id, { state: { type: "CANCELLED" }, force: true });
    expect(await takenOf(api, "tag:etl")).toBe(0);
    await api.tagLimits.create({ tag: "etl", concurrency_limit: 0 });
    expect(await propose((await create()).id, "RUNNING")).toMatchObject({ status: "ABORT" });
  });

  it("has its slots back when the task run that runs is deleted, or its flow run", async () => {
    const api = await open();
    await api.tagLimits.create({ tag: "etl", concurrency_limit: 2 });
    const { id: flow_run_id } = await createRun(api, { type: "RUNNING" });
    const keys = { flow_run_id, task_key: "t", tags: ["etl"] };
    const runs = [
      await api.taskRuns.create({ ...keys, dynamic_key: "0" }),
      await api.taskRuns.create({ ...keys, dynamic_key: "1" }),
    ];
    for (const { id } of runs) await api.taskRuns.setState(id, { state: { type: "RUNNING" } });
    expect(await takenOf(api, "tag:etl")).toBe(2);
    await api.taskRuns.delete(runs[0]?.id ?? "");
    expect((await api.tagLimits.getByTag("etl")).active_slots).toEqual([runs[1]?.id]);
    await api.flowRuns.delete(flow_run_id);
    expect(await takenOf(api, "tag:etl")).toBe(0);
  });

  it("does not hold for task runs that task workers take from a queue", async () => {
    const api = await open();
    await api.tagLimits.create({ tag: "etl", concurrency_limit: 0 });
    const state = { type: "SCHEDULED", state_details: { deferred: true } } as const;
    const run = await api.taskRuns.create({ task_key: "t", dynamic_key: newId(), tags: ["etl"], state });
    const running = { type: "RUNNING", state_details: { deferred: true } } as const;
    expect(await api.taskRuns.setState(run.id, { state: running })).toMatchObject({ status: "ACCEPT" });
  });
}
