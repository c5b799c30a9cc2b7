import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "./test-server.ts";

const LIMITS = "/v2/concurrency_limits";

async function createLimit(server: TestServer, members: object): Promise<void> {
  const answer = await server.fetch(`${LIMITS}/`, { body: members });
  expect(answer.status).toBe(201);
}

describe("slots over HTTP", () => {
  it("that are taken are answered 423 with the seconds to wait, as a number", async () => {
    const server = await startTestServer();
    await createLimit(server, { name: "database", limit: 1 });
    const body = { names: ["database"], slots: 1 };
    expect((await server.fetch(`${LIMITS}/increment`, { body })).status).toBe(200);
    for (const call of ["increment", "increment-with-lease"]) {
      const refused = await server.fetch(`${LIMITS}/${call}`, { body });
      expect(refused.status).toBe(423);
      expect(await refused.json()).toMatchObject({ detail: "Locked" });
      expect(refused.headers.get("Retry-After")).toMatch(/^\d+\.\d+$/u);
      expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    }
  });

  it("of a tag whose limit is 0 are answered 423 with words and without a wait", async () => {
    const server = await startTestServer();
    await server.json("/concurrency_limits/", { body: { tag: "never", concurrency_limit: 0 } });
    const body = { names: ["never"], task_run_id: randomUUID() };
    const refused = await server.fetch("/concurrency_limits/increment", { body });
    expect(refused.status).toBe(423);
    expect(refused.headers.get("Retry-After")).toBeNull();
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('tag "never" is 0') });
  });

  it("that no limit ever has are answered 422, as are bodies that make no sense", async () => {
    const server = await startTestServer();
    await createLimit(server, { name: "database", limit: 1 });
    const wrong = [
      { names: ["database"], slots: 2 },
      { names: ["database"], slots: 1, mode: "rate_limit" },
      { names: ["database"], slots: 0 },
      { names: [], slots: 1 },
      { names: ["database"], slots: 1, mode: "sometimes" },
    ];
    for (const body of wrong) expect((await server.fetch(`${LIMITS}/increment`, { body })).status).toBe(422);
    for (const lease_duration of [59, 86_401]) {
      const body = { names: ["database"], slots: 1, lease_duration };
      expect((await server.fetch(`${LIMITS}/increment-with-lease`, { body })).status).toBe(422);
    }
    const unknownMember = { name: "a", limit: 1, colour: "red" };
    expect((await server.fetch(`${LIMITS}/`, { body: unknownMember })).status).toBe(422);
    expect((await server.fetch(`${LIMITS}/`, { body: { name: "a/b", limit: 1 } })).status).toBe(422);
    expect((await server.fetch(`${LIMITS}/`, { body: { name: "a", limit: -1 } })).status).toBe(422);
  });

  it("are leased where no limit has the name, and given back as often as one likes", async () => {
    const server = await startTestServer();
    const body = { names: ["tag:etl"], slots: 1, lease_duration: 60, create_if_missing: null };
    const lease = await server.json<{ lease_id: string }>(`${LIMITS}/increment-with-lease`, { body });
    expect(lease).toEqual({ lease_id: expect.any(String), limits: [] });
    const renewal = { body: { lease_duration: 300 } };
    const renew = `${LIMITS}/leases/${lease.lease_id}/renew`;
    expect((await server.fetch(renew, renewal)).status).toBe(204);
    const back = { body: { lease_id: lease.lease_id } };
    for (let index = 0; index < 2; index += 1) {
      expect((await server.fetch(`${LIMITS}/decrement-with-lease`, back)).status).toBe(204);
    }
    expect((await server.fetch(renew, renewal)).status).toBe(410);
    expect((await server.fetch(`${LIMITS}/leases/${randomUUID()}/renew`, renewal)).status).toBe(410);
    expect((await server.fetch(`${LIMITS}/leases/none/renew`, renewal)).status).toBe(404);
  });
});

describe("limits over HTTP", () => {
  it("are found by names that paths have to escape", async () => {
    const server = await startTestServer();
    await server.json("/concurrency_limits/", { body: { tag: "a b/ü", concurrency_limit: 2 } });
    const tag = encodeURIComponent("a b/ü");
    expect(await server.json(`/concurrency_limits/tag/${tag}`)).toMatchObject({ tag: "a b/ü" });
    const limit = await server.json(`${LIMITS}/${encodeURIComponent("tag:a b/ü")}`);
    expect(limit).toEqual({
      id: expect.any(String),
      created: expect.any(String),
      updated: expect.any(String),
      active: true,
      name: "tag:a b/ü",
      limit: 2,
      active_slots: 0,
      slot_decay_per_second: 0,
    });
    expect((await server.fetch(`/concurrency_limits/tag/${tag}`, { method: "DELETE" })).status).toBe(200);
    expect((await server.fetch(`/concurrency_limits/tag/${tag}`)).status).toBe(404);
  });

  it("are made with 201, and those of tags changed with 200", async () => {
    const server = await startTestServer();
    const body = { tag: "etl", concurrency_limit: 2 };
    expect((await server.fetch("/concurrency_limits/", { body })).status).toBe(201);
    expect((await server.fetch("/concurrency_limits/", { body })).status).toBe(200);
    const again = await server.fetch(`${LIMITS}/`, { body: { name: "tag:etl", limit: 1 } });
    expect(again.status).toBe(409);
    expect((await server.fetch("/concurrency_limits/tag/etl/reset", { method: "POST" })).status).toBe(200);
    const patched = await server.fetch(`${LIMITS}/tag:etl`, {
      method: "PATCH",
      body: { limit: null, active: false },
    });
    expect(patched.status).toBe(204);
    expect(await server.json(`${LIMITS}/tag:etl`)).toMatchObject({ limit: 2, active: false });
  });
});
