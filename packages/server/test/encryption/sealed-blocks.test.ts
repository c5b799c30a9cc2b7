import { randomBytes } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NO_SEALER } from "@sluice/orchestration";
import type { OrchestrationApi } from "@sluice/protocol";
import { postgresStore, sqliteStore } from "@sluice/store";
import { createPostgresDatabase, describePostgres } from "@sluice/store/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type EncryptionOptions, rotateSecrets, secretsStatus } from "../../src/index.ts";
import { openLocalApi } from "../../src/local.ts";
import { startTestServer } from "../http/test-server.ts";
import { temporaryDatabasePath } from "../temporary-database.ts";
import { FIELDS, SECRET, saveSecrets } from "./saved-secrets.ts";

vi.setConfig({ testTimeout: 30_000 });

const WITH_SECRETS = { include_secrets: true } as const;

function newKey(): string {
  return randomBytes(32).toString("base64");
}

async function openApi(databasePath: string, encryption?: EncryptionOptions): Promise<OrchestrationApi> {
  const api = await openLocalApi({ databasePath, encryption });
  onTestFinished(() => api.close());
  return api;
}

async function filesWith(directory: string, text: string): Promise<string[]> {
  const names = await readdir(directory);
  const contents = await Promise.all(names.map((name) => readFile(join(directory, name))));
  return names.filter((_, index) => contents[index]?.includes(text));
}

describe("secrets in a SQLite file", () => {
  it("are not in the file, its log or its directory, though events tell of the block", async () => {
    const databasePath = await temporaryDatabasePath();
    const server = await startTestServer({ databasePath });
    const { id } = await server.json<{ id: string }>("/block_types/", {
      body: { name: "Secret", slug: "secret" },
    });
    const schema = await server.json<{ id: string }>("/block_schemas/", {
      body: { block_type_id: id, fields: FIELDS },
    });
    const document = await server.json<{ id: string }>("/block_documents/", {
      body: {
        name: "marker-of-block",
        data: { value: SECRET, open: SECRET },
        block_schema_id: schema.id,
        block_type_id: id,
      },
    });
    await server.fetch(`/block_documents/${document.id}`, {
      method: "PATCH",
      body: { data: { value: `${SECRET}-2` } },
    });
    const directory = dirname(databasePath);
    expect(await filesWith(directory, "marker-of-block")).toContain("history.db-wal");
    expect(await filesWith(directory, SECRET)).toEqual([]);
    expect(await readdir(directory)).toContain("encryption.key");
    const read = await server.json<{ data: unknown }>(`/block_documents/${document.id}?include_secrets=true`);
    expect(read.data).toEqual({ value: `${SECRET}-2`, open: SECRET });
    const events = await server.json<{ events: { event: string }[] }>("/events/filter", {
      body: { filter: { event: { prefix: ["prefect.block-document."] } } },
    });
    expect(events.events.map(({ event }) => event)).toEqual([
      "prefect.block-document.updated",
      "prefect.block-document.created",
    ]);
    await server.close();
    expect(await filesWith(directory, SECRET)).toEqual([]);
  });

  it("are masked wholly without their key, and can be deleted, while loading them says what to do", async () => {
    const databasePath = await temporaryDatabasePath();
    const [lost, other] = [`lost:${newKey()}`, `other:${newKey()}`];
    const before = await openApi(databasePath, { keys: lost });
    const [id = ""] = await saveSecrets(before);
    await before.close();
    const server = await startTestServer({ databasePath, encryption: { keys: other } });
    const masked = await server.json<{ data: unknown }>(`/block_documents/${id}`);
    expect(masked.data).toEqual({ value: "********", note: "********" });
    const refused = await server.fetch(`/block_documents/${id}?include_secrets=true`);
    expect(refused.status).toBe(500);
    expect(await refused.json()).toEqual({
      code: "ENCRYPTION_KEY",
      detail: expect.stringMatching(/secret\/block-0 is sealed with key lost.*Add that key there/u),
    });
    const update = await server.fetch(`/block_documents/${id}`, { method: "PATCH", body: { data: {} } });
    expect(update.status).toBe(500);
    expect((await server.fetch(`/block_documents/${id}`, { method: "DELETE" })).status).toBe(204);
  });

  it("warns when a server starts with keys that do not open what is there", async () => {
    const databasePath = await temporaryDatabasePath();
    const first = await startTestServer({ databasePath });
    await first.close();
    const path = join(dirname(databasePath), "encryption.key");
    await rm(path);
    const log = vi.fn();
    await startTestServer({ databasePath, log });
    expect(log).toHaveBeenCalledWith(
      "warn",
      "Blocks that were sealed before cannot be opened",
      expect.objectContaining({ place: path }),
    );
  });
});

describe("rotation", () => {
  it("seals every block with a new key while a server goes on", async () => {
    const databasePath = await temporaryDatabasePath();
    const api = await openApi(databasePath);
    const ids = await saveSecrets(api, 230);
    const [before] = await secretsStatus({ databasePath });
    expect(before).toMatchObject({ blocks: 230, isKnown: true, isSealing: true });
    const left: number[] = [];
    const report = await rotateSecrets({
      databasePath,
      hasNewKey: true,
      onProgress: (progress) => left.push(progress.left),
    });
    expect(report).toMatchObject({ sealed: 230, left: 0, failures: [] });
    expect(left).toEqual([130, 30, 0, 0]);
    expect(await secretsStatus({ databasePath })).toEqual([
      { keyId: report.keyId, blocks: 230, isKnown: true, isSealing: true },
      { ...before, blocks: 0, isSealing: false },
    ]);
    expect(report.keyId).not.toBe(before?.keyId);
    const read = await api.blockDocuments.get(ids[229] ?? "", WITH_SECRETS);
    expect(read.data).toMatchObject({ value: SECRET });
    await api.blockDocuments.update(read.id, { data: { value: "new" } });
    expect((await secretsStatus({ databasePath }))[0]?.blocks).toBe(230);
  });

  it("goes on where it was interrupted", async () => {
    const databasePath = await temporaryDatabasePath();
    const [old, next] = [`old:${newKey()}`, `new:${newKey()}`];
    const api = await openApi(databasePath, { keys: old });
    await saveSecrets(api, 150);
    const interruption = new AbortController();
    const options = { databasePath, encryption: { keys: `${next},${old}` } };
    const interrupted = rotateSecrets({
      ...options,
      signal: interruption.signal,
      onProgress: () => interruption.abort(),
    });
    await expect(interrupted).rejects.toMatchObject({ name: "AbortError" });
    expect((await secretsStatus(options)).map(({ keyId, blocks }) => [keyId, blocks])).toEqual([
      ["new", 100],
      ["old", 50],
    ]);
    expect(await rotateSecrets(options)).toMatchObject({ keyId: "new", sealed: 50, left: 0 });
  });

  it("leaves what cannot be opened as it is, and seals the rest", async () => {
    const databasePath = await temporaryDatabasePath();
    const [lost, old, next] = [`lost:${newKey()}`, `old:${newKey()}`, `new:${newKey()}`];
    const first = await openApi(databasePath, { keys: lost });
    await saveSecrets(first, 120, "lost");
    const [id = ""] = await saveSecrets(await openApi(databasePath, { keys: old }), 1, "kept");
    const report = await rotateSecrets({ databasePath, encryption: { keys: `${next},${old}` } });
    expect(report).toMatchObject({ sealed: 1, left: 120 });
    expect(report.failures).toHaveLength(120);
    expect(report.failures[0]?.message).toContain("secret/lost-0 is sealed with key lost");
    const reader = await openApi(databasePath, { keys: next });
    expect((await reader.blockDocuments.get(id, WITH_SECRETS)).data["value"]).toBe(SECRET);
    const lostOne = await first.blockDocuments.getByName("secret", "lost-7", WITH_SECRETS);
    expect(lostOne.data["value"]).toBe(SECRET);
  });
});

it("a text that was put into the database is not taken for a sealed one", async () => {
  const databasePath = await temporaryDatabasePath();
  const api = await openApi(databasePath);
  const [id = ""] = await saveSecrets(api);
  const store = await sqliteStore({ path: databasePath });
  onTestFinished(() => store.close());
  const { text } = NO_SEALER.seal('{"value":"planted"}', { id, name: "" });
  await store.objects("block_document").update(id, { data: text, key_id: null });
  await expect(api.blockDocuments.get(id, WITH_SECRETS)).rejects.toMatchObject({ code: "ENCRYPTION_KEY" });
});

describePostgres("secrets in PostgreSQL", () => {
  it("are not in the table", async () => {
    const databaseUrl = await createPostgresDatabase();
    const databasePath = await temporaryDatabasePath();
    const server = await startTestServer({ databasePath, databaseUrl, encryption: { keys: newKey() } });
    await server.fetch("/block_types/install_system_block_types", { method: "POST" });
    const [schema] = await server.json<{ id: string; block_type_id: string }[]>("/block_schemas/filter", {
      body: {},
    });
    await server.fetch("/block_documents/", {
      body: {
        name: "one",
        data: { value: SECRET },
        block_schema_id: schema?.id,
        block_type_id: schema?.block_type_id,
      },
    });
    const store = await postgresStore({ url: databaseUrl });
    onTestFinished(() => store.close());
    const [document] = await store.objects("block_document").list({ limit: 10 });
    expect(document).toMatchObject({ name: "one", data: expect.stringMatching(/^sealed1:/u) });
    const everything = JSON.stringify([
      document,
      await store.objects("configuration").list({ limit: 10 }),
      await store.events.list({ direction: "asc", limit: 100 }),
    ]);
    expect(everything).toContain('"one"');
    expect(everything).not.toContain(SECRET);
  });

  it("are sealed with one key by all servers: one that would make its own does not start", async () => {
    const databaseUrl = await createPostgresDatabase();
    const [here, there] = [dirname(await temporaryDatabasePath()), dirname(await temporaryDatabasePath())];
    const log = vi.fn();
    const first = await startTestServer({
      databaseUrl,
      encryption: { generatedKeyFile: join(here, "encryption.key") },
      log,
    });
    expect(log).toHaveBeenCalledWith("warn", expect.stringContaining("A key was made"), expect.anything());
    const second = startTestServer({
      databaseUrl,
      encryption: { generatedKeyFile: join(there, "encryption.key") },
    });
    await expect(second).rejects.toMatchObject({
      code: "ENCRYPTION_KEY",
      message: expect.stringContaining("Set SLUICE_ENCRYPTION_KEY"),
    });
    expect(await readdir(there)).toEqual([]);
    await writeFile(join(there, "encryption.key"), await readFile(join(here, "encryption.key")));
    const third = await startTestServer({
      databaseUrl,
      encryption: { generatedKeyFile: join(there, "encryption.key") },
    });
    expect([first.apiUrl, third.apiUrl]).toHaveLength(2);
  });

  it("make no circle, whichever server is asked", async () => {
    const databaseUrl = await createPostgresDatabase();
    const encryption = { keys: newKey() };
    const servers = [
      await startTestServer({ databaseUrl, encryption }),
      await startTestServer({ databaseUrl, encryption }),
    ];
    await servers[0]?.fetch("/block_types/install_system_block_types", { method: "POST" });
    const [schema] =
      (await servers[0]?.json<{ id: string; block_type_id: string }[]>("/block_schemas/filter", {
        body: {},
      })) ?? [];
    const ids: string[] = [];
    for (const name of ["a", "b"]) {
      const saved = await servers[0]?.json<{ id: string }>("/block_documents/", {
        body: { name, data: {}, block_schema_id: schema?.id, block_type_id: schema?.block_type_id },
      });
      ids.push(saved?.id ?? "");
    }
    for (let round = 0; round < 2; round += 1) {
      const statuses = await Promise.all(
        servers.map(async (server, index) => {
          const data = { next: { $ref: { block_document_id: ids[1 - index] } } };
          const request = { method: "PATCH", body: { data } };
          return (await server.fetch(`/block_documents/${ids[index]}`, request)).status;
        }),
      );
      expect(statuses.toSorted()).toEqual([204, 400]);
      for (const id of ids) {
        const request = { method: "PATCH", body: { data: {}, merge_existing_data: false } };
        expect((await servers[0]?.fetch(`/block_documents/${id}`, request))?.status).toBe(204);
      }
    }
  });
});
