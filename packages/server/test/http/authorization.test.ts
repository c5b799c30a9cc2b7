import { MemoryStore } from "@sluice/orchestration";
import { expect, it } from "vitest";
import { ApiKeys } from "../../src/auth/api-keys.ts";
import { Gate } from "../../src/auth/gate.ts";
import { openStore } from "../../src/open-store.ts";
import { temporaryDatabasePath } from "../temporary-database.ts";
import { startTestServer } from "./test-server.ts";

const basic = (text: string) => ({ Authorization: `Basic ${btoa(text)}` });
const bearer = (text: string) => ({ Authorization: `Bearer ${text}` });

it("asks for the auth string everywhere but at the probes", async () => {
  const server = await startTestServer({ authString: "admin:päss" });
  const statusOf = async (path: string, headers: Readonly<Record<string, string>> = {}) =>
    (await server.fetch(path, { headers })).status;
  const right = { Authorization: `Basic ${Buffer.from("admin:päss").toString("base64")}` };
  expect(await Promise.all([statusOf("/health"), statusOf("/ready")])).toEqual([200, 200]);
  expect(await statusOf("/admin/version", right)).toBe(200);
  expect(await statusOf("/admin/version", bearer("admin:nope"))).toBe(401);
  for (const headers of [{}, basic("admin:pass"), basic(""), { Authorization: "Basic" }]) {
    expect(await statusOf("/admin/version", headers)).toBe(401);
  }
  expect(await statusOf("/nothing")).toBe(401);
  expect((await fetch(`${server.rootUrl}metrics`)).status).toBe(401);
  const refused = await server.fetch("/flows/filter", { body: {} });
  expect(await refused.json()).toEqual({ exception_message: "Unauthorized" });
});

it("takes API keys, and only until they are revoked", async () => {
  const store = new MemoryStore();
  const keys = new ApiKeys(store);
  let now = 0;
  const gate = new Gate({ apiKeys: keys, now: () => now });
  expect(await gate.isOpen()).toBe(true);
  const [ci, ui] = [await keys.create("ci"), await keys.create("ui")];
  now += 6000;
  expect(await gate.isOpen()).toBe(false);
  expect(await gate.allowsHeader(`Bearer ${ci}`)).toBe(true);
  expect(await gate.allowsToken(ui)).toBe(true);
  expect(await gate.allowsToken(null)).toBe(false);
  expect(await gate.allowsHeader(undefined)).toBe(false);
  await keys.revoke("ci");
  now += 6000;
  expect(await gate.allowsToken(ci)).toBe(false);
  expect(await gate.allowsToken(ui)).toBe(true);
});

it("keeps no key that could be read", async () => {
  const store = new MemoryStore();
  const keys = new ApiKeys(store);
  const key = await keys.create("ci");
  expect(JSON.stringify(await store.objects("configuration").list({}))).not.toContain(key);
  expect(await keys.list()).toMatchObject([{ name: "ci" }]);
  await expect(keys.create("ci")).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(keys.create("a b")).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  await expect(keys.revoke("other")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
});

it("asks for a key that was made before it started", async () => {
  const databasePath = await temporaryDatabasePath();
  const store = await openStore({ databasePath });
  const key = await new ApiKeys(store).create("ci");
  await store.close();
  const server = await startTestServer({ databasePath });
  expect(server.isOpenToAll).toBe(false);
  expect((await server.fetch("/version")).status).toBe(401);
  expect((await server.fetch("/version", { headers: bearer(key) })).status).toBe(200);
});

it("asks for a CSRF token of the client when it is told to", async () => {
  const server = await startTestServer({ hasCsrfProtection: true });
  const client = "2f9d2c2e-3c1b-4f55-9d51-3a8f4a1f5f10";
  const { token, expiration } = await server.json<{ token: string; expiration: string }>(
    `/csrf-token?client=${client}`,
  );
  expect(token).toMatch(/^[0-9a-f]{64}$/u);
  expect(Date.parse(expiration)).toBeGreaterThan(Date.now() + 3_500_000);
  const create = async (headers: Readonly<Record<string, string>>) => {
    const answer = await server.fetch("/flows/", { body: { name: "a" }, headers });
    return [answer.status, Object(await answer.json()).detail];
  };
  expect(await create({})).toEqual([403, "Missing CSRF token."]);
  expect(await create({ "Prefect-Csrf-Token": token })).toEqual([403, "Missing client identifier."]);
  const other = { "Prefect-Csrf-Token": token, "Prefect-Csrf-Client": "other" };
  expect(await create(other)).toEqual([403, "Invalid CSRF token or client identifier."]);
  const right = { "Prefect-Csrf-Token": token, "Prefect-Csrf-Client": client };
  expect(await create(right)).toEqual([201, undefined]);
  expect((await server.fetch("/version")).status).toBe(200);
});

it("needs no CSRF token unless it is told to", async () => {
  const server = await startTestServer();
  const answer = await server.fetch("/csrf-token?client=x");
  expect([answer.status, await answer.json()]).toEqual([422, { detail: "CSRF protection is disabled." }]);
});
