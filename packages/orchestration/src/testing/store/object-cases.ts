/** Cases of the store suite on the nouns that are kept alike. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import type { Condition } from "../../conditions.ts";
import type { Store } from "../../store.ts";
import type { StoredNouns } from "../../stored-nouns.ts";
import { at, insertFlow, makeFlowRun, makeState } from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

type Pool = StoredNouns["work_pool"];
type Limit = StoredNouns["concurrency_limit"];

export function objectCases(open: OpenStore): void {
  writeCases(open);
  keyCases(open);
  listCases(open);
  lockCases(open);
}

function writeCases(open: OpenStore): void {
  it("keeps an object as it is, changes the members given and deletes it", async () => {
    const store = await open();
    const pools = store.objects("work_pool");
    const pool = makePool({ base_job_template: { z: 1, a: ["ü", null], nested: { b: true } } });
    expect(await pools.insert(pool)).toEqual({ object: pool, created: true });
    expect(await pools.find(pool.id)).toEqual(pool);
    expect(await pools.update(pool.id, { is_paused: true, description: "d", concurrency_limit: 3 })).toBe(
      true,
    );
    expect(await pools.find(pool.id)).toEqual({
      ...pool,
      is_paused: true,
      description: "d",
      concurrency_limit: 3,
    });
    expect(await pools.update(pool.id, { description: null })).toBe(true);
    expect((await pools.find(pool.id))?.description).toBeNull();
    expect(await pools.update(pool.id, {})).toBe(true);
    expect(await pools.delete(pool.id)).toBe(true);
    expect(await pools.delete(pool.id)).toBe(false);
    expect(await pools.update(pool.id, { is_paused: true })).toBe(false);
    expect(await pools.update(pool.id, {})).toBe(false);
    expect(await pools.find(pool.id)).toBeUndefined();
  });

  it("keeps values of every kind of JSON", async () => {
    const variables = (await open()).objects("variable");
    for (const value of [null, 0, "", "text", false, [], [1, "a"], { a: { b: null } }]) {
      const variable = {
        id: newId(),
        created: at(0),
        updated: at(0),
        name: `v-${newId()}`,
        value,
        tags: ["x"],
      };
      await variables.insert(variable);
      expect(await variables.find(variable.id)).toEqual(variable);
    }
  });

  it("keeps blocks with their types, schemas and references", async () => {
    const store = await open();
    const common = { created: at(0), updated: at(1) };
    const [typeId, schemaId, id] = [newId(), newId(), newId()];
    const type = {
      ...common,
      id: typeId,
      name: "Secret",
      slug: "secret",
      logo_url: null,
      documentation_url: null,
      description: "d",
      code_example: null,
      is_protected: true,
    };
    const schema = {
      ...common,
      id: schemaId,
      checksum: "sha256:0",
      fields: { z: 1, a: { ü: [null] } },
      block_type_id: typeId,
      capabilities: ["read", "write"],
      version: "1",
    };
    const document = {
      ...common,
      id,
      name: "one",
      data: "sealed",
      key_id: null,
      block_schema_id: schemaId,
      block_type_id: typeId,
      block_type_name: "Secret",
      is_anonymous: false,
    };
    const reference = {
      id: newId(),
      created: at(0),
      parent_block_document_id: id,
      reference_block_document_id: id,
      name: "self",
    };
    expect((await store.objects("block_type").insert(type)).object).toEqual(type);
    expect((await store.objects("block_schema").insert(schema)).object).toEqual(schema);
    expect((await store.objects("block_document").insert(document)).object).toEqual(document);
    expect((await store.objects("block_document_reference").insert(reference)).object).toEqual(reference);
    expect(await store.objects("block_type").find(typeId)).toEqual(type);
    expect(await store.objects("block_schema").find(schemaId)).toEqual(schema);
    const where = { type: "none-of", member: "key_id", values: ["k"] } as const;
    expect(await store.objects("block_document").list({ where })).toEqual([document]);
    expect(await store.objects("block_document").insert({ ...document, id: newId() })).toMatchObject({
      created: false,
    });
  });

  it("keeps fractions and flags of limits", async () => {
    const limits = (await open()).objects("concurrency_limit");
    const limit = makeLimit({ active: false, slot_decay_per_second: 0.125, avg_slot_occupancy_seconds: 2.5 });
    await limits.insert(limit);
    expect(await limits.find(limit.id)).toEqual(limit);
  });
}

function keyCases(open: OpenStore): void {
  it("gives the object back that has the same id or unique key", async () => {
    const pools = (await open()).objects("work_pool");
    const pool = makePool({ name: "pool" });
    await pools.insert(pool);
    expect(await pools.insert(makePool({ name: "pool" }))).toEqual({ object: pool, created: false });
    expect(await pools.insert({ ...pool, name: "other" })).toEqual({ object: pool, created: false });
    expect(await pools.count()).toBe(1);
  });

  it("makes one of many that are inserted at once with one key", async () => {
    const pools = (await open()).objects("work_pool");
    const results = await Promise.all(
      Array.from({ length: 8 }, () => pools.insert(makePool({ name: "pool" }))),
    );
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(results.map(({ object }) => object.id)).size).toBe(1);
  });

  it("lets objects without a key of their own be many", async () => {
    const schedules = (await open()).objects("deployment_schedule");
    const deploymentId = newId();
    for (const slug of [null, null, "a"]) {
      const { created } = await schedules.insert(makeSchedule({ deployment_id: deploymentId, slug }));
      expect(created).toBe(true);
    }
    expect((await schedules.insert(makeSchedule({ deployment_id: deploymentId, slug: "a" }))).created).toBe(
      false,
    );
  });

  it("refuses a change that takes the key of another, and a transaction goes on without it", async () => {
    const store = await open();
    const [a, b] = [makePool({ name: "a" }), makePool({ name: "b" })];
    for (const pool of [a, b]) await store.objects("work_pool").insert(pool);
    await expect(store.objects("work_pool").update(b.id, { name: "a" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await store.transaction(async (transaction) => {
      const pools = transaction.objects("work_pool");
      await pools.update(a.id, { description: "before" });
      await expect(pools.update(b.id, { name: "a" })).rejects.toMatchObject({ code: "CONFLICT" });
      await pools.update(b.id, { description: "after" });
    });
    const pools = await store.objects("work_pool").list({ orderBy: [{ member: "name", direction: "asc" }] });
    expect(pools.map(({ name, description }) => [name, description])).toEqual([
      ["a", "before"],
      ["b", "after"],
    ]);
    expect(await store.objects("work_pool").update(b.id, { name: "b" })).toBe(true);
  });
}

/** What finds which of the limits "a" (1 of 2 slots, active), "b" (5 of 5, not active) and "ba" (0 of 2, active). */
const CONDITIONS: readonly (readonly [string, Condition<Limit>, readonly string[]])[] = [
  ["a flag", { type: "equals", member: "active", value: true }, ["a", "ba"]],
  ["a number", { type: "equals", member: "limit", value: 2 }, ["a", "ba"]],
  ["a text", { type: "equals", member: "name", value: "b" }, ["b"]],
  ["at least a number", { type: "at-least", member: "active_slots", value: 1 }, ["a", "b"]],
  ["at most a number", { type: "at-most", member: "active_slots", value: 1 }, ["a", "ba"]],
  ["a beginning", { type: "starts-with", member: "name", prefixes: ["b"] }, ["b", "ba"]],
  ["no beginning", { type: "starts-with", member: "name", prefixes: [] }, []],
  ["part of a text", { type: "contains-text", members: ["name"], text: "A" }, ["a", "ba"]],
  [
    "not part of a text",
    { type: "not", condition: { type: "contains-text", members: ["name"], text: "A" } },
    ["b"],
  ],
  ["all of nothing", { type: "all", conditions: [] }, ["a", "b", "ba"]],
  ["any of nothing", { type: "any", conditions: [] }, []],
];

function listCases(open: OpenStore): void {
  it.each(CONDITIONS)("lists and counts objects by %s", async (_what, where, names) => {
    const store = await open();
    await threeLimits(store);
    const limits = store.objects("concurrency_limit");
    const listed = await limits.list({ where, orderBy: [{ member: "created", direction: "asc" }] });
    expect(listed.map(({ name }) => name)).toEqual(names);
    expect(await limits.count(where)).toBe(names.length);
  });

  it("orders by several members and pages", async () => {
    const store = await open();
    await threeLimits(store);
    const list = async (page: { limit?: number; offset?: number }) =>
      (
        await store.objects("concurrency_limit").list({
          orderBy: [
            { member: "limit", direction: "desc" },
            { member: "name", direction: "desc" },
          ],
          ...page,
        })
      ).map(({ name }) => name);
    expect(await list({})).toEqual(["b", "ba", "a"]);
    expect(await list({ limit: 1 })).toEqual(["b"]);
    expect(await list({ offset: 1 })).toEqual(["ba", "a"]);
    expect(await list({ limit: 1, offset: 2 })).toEqual(["a"]);
  });

  it("lists by an element of an array", async () => {
    const store = await open();
    const leases = store.objects("concurrency_lease");
    const [one, two] = [newId(), newId()];
    for (const limit_ids of [[one], [one, two], []]) {
      await leases.insert({
        id: newId(),
        created: at(0),
        limit_ids,
        slots: 1,
        holder: null,
        expiration: at(60),
      });
    }
    expect(await leases.count({ type: "contains-any", member: "limit_ids", values: [one] })).toBe(2);
    expect(await leases.count({ type: "contains-all", member: "limit_ids", values: [one, two] })).toBe(1);
    expect(await leases.count({ type: "is-empty", member: "limit_ids", expected: true })).toBe(1);
  });

  it("lists by what is related, in both directions", async () => {
    const store = await open();
    const [pool, lonely] = [makePool({ name: "pool" }), makePool({ name: "lonely" })];
    for (const each of [pool, lonely]) await store.objects("work_pool").insert(each);
    const queue = makeQueue(pool, { name: "queue" });
    await store.objects("work_queue").insert(queue);
    const flow = await insertFlow(store);
    const { run } = await store.flowRuns.insert(makeFlowRun(flow, { work_queue_id: queue.id }));
    await store.flowRuns.insert(makeFlowRun(flow));
    const isPool: Condition<Pool> = { type: "equals", member: "name", value: "pool" };
    const found = await store.flowRuns.list({
      where: {
        type: "related",
        noun: "work_queue",
        member: "work_queue_id",
        references: "id",
        where: {
          type: "related",
          noun: "work_pool",
          member: "work_pool_id",
          references: "id",
          where: isPool,
        },
      },
    });
    expect(found.map(({ id }) => id)).toEqual([run.id]);
    const pools = await store.objects("work_pool").list({
      where: { type: "related", noun: "work_queue", member: "id", references: "work_pool_id" },
    });
    expect(pools).toEqual([pool]);
  });
}

function lockCases(open: OpenStore): void {
  it("gives each of several transactions objects of its own when they skip what others hold", async () => {
    const store = await open();
    await threeLimits(store);
    const take = () =>
      store.transaction(async (transaction) => {
        const limits = transaction.objects("concurrency_limit");
        const where: Condition<Limit> = { type: "equals", member: "denied_slots", value: 0 };
        const [free] = await limits.list({ where, limit: 1, lock: "skip" });
        if (free !== undefined) await limits.update(free.id, { denied_slots: 1 });
        return free?.name;
      });
    const taken = await Promise.all([take(), take(), take()]);
    expect(taken.toSorted()).toEqual(["a", "b", "ba"]);
  });

  it("shows a transaction that waited for an object what the other made of it", async () => {
    const store = await open();
    const limit = makeLimit();
    await store.objects("concurrency_limit").insert(limit);
    const take = () =>
      store.transaction(async (transaction) => {
        const limits = transaction.objects("concurrency_limit");
        const [held] = await limits.list({
          where: { type: "equals", member: "name", value: limit.name },
          lock: "wait",
        });
        await limits.update(limit.id, { active_slots: (held?.active_slots ?? 0) + 1 });
      });
    await Promise.all(Array.from({ length: 10 }, take));
    expect((await store.objects("concurrency_limit").find(limit.id))?.active_slots).toBe(10);
  });

  it("shows a transaction that waited for a run the state that the other gave it", async () => {
    const store = await open();
    const { run } = await store.flowRuns.insert(makeFlowRun(await insertFlow(store)));
    const advance = (isListed: boolean) =>
      store.transaction(async (transaction) => {
        const [listed] = await transaction.flowRuns.list({
          where: { type: "one-of", member: "id", values: [run.id] },
          lock: "wait",
        });
        const before = isListed ? listed : await transaction.flowRuns.find(run.id);
        const state = makeState("RUNNING", (before?.run_count ?? 0) + 1);
        expect(before?.state?.id).toBe(before?.state_id);
        await transaction.flowRuns.update(run.id, {
          state,
          state_id: state.id,
          state_type: state.type,
          state_name: state.name,
          run_count: (before?.run_count ?? 0) + 1,
        });
        return before?.state?.id;
      });
    const seen = await Promise.all(Array.from({ length: 10 }, (_, index) => advance(index % 2 === 0)));
    expect(new Set(seen).size).toBe(10);
    expect(await store.flowRuns.listStates(run.id)).toHaveLength(11);
  });
}

async function threeLimits(store: Store): Promise<void> {
  const limits = store.objects("concurrency_limit");
  await limits.insert(makeLimit({ name: "a", limit: 2, active_slots: 1, created: at(0) }));
  await limits.insert(makeLimit({ name: "b", limit: 5, active_slots: 5, active: false, created: at(1) }));
  await limits.insert(makeLimit({ name: "ba", limit: 2, created: at(2) }));
}

function makeLimit(members: Partial<Limit> = {}): Limit {
  const id = newId();
  return {
    id,
    created: at(0),
    updated: at(0),
    active: true,
    name: `limit-${id}`,
    limit: 1,
    active_slots: 0,
    denied_slots: 0,
    slot_decay_per_second: 0,
    avg_slot_occupancy_seconds: 2,
    ...members,
  };
}

function makePool(members: Partial<Pool> = {}): Pool {
  const id = newId();
  return {
    id,
    created: at(0),
    updated: at(0),
    name: `pool-${id}`,
    description: null,
    type: "process",
    base_job_template: {},
    is_paused: false,
    concurrency_limit: null,
    status: "NOT_READY",
    default_queue_id: null,
    storage_configuration: {},
    ...members,
  };
}

function makeQueue(pool: Pool, members: Partial<StoredNouns["work_queue"]> = {}): StoredNouns["work_queue"] {
  const id = newId();
  return {
    id,
    created: at(0),
    updated: at(0),
    name: `queue-${id}`,
    description: null,
    is_paused: false,
    concurrency_limit: null,
    priority: 1,
    work_pool_id: pool.id,
    last_polled: null,
    status: "NOT_READY",
    ...members,
  };
}

function makeSchedule(
  members: Partial<StoredNouns["deployment_schedule"]>,
): StoredNouns["deployment_schedule"] {
  return {
    id: newId(),
    created: at(0),
    updated: at(0),
    deployment_id: newId(),
    schedule: { interval: 60, anchor_date: at(0), timezone: "UTC" },
    active: true,
    max_scheduled_runs: null,
    parameters: {},
    slug: null,
    scheduled_until: null,
    next_scheduling_time: null,
    ...members,
  };
}
