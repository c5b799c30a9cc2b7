import { type Event, newId } from "@sluice/protocol";
import { Client } from "pg";
import { expect, it, onTestFinished, vi } from "vitest";
import { postgresEventFeed, postgresStore } from "../../src/index.ts";
import { createPostgresDatabase, describePostgres, emptyPostgresDatabase } from "../../src/testing/index.ts";
import { NOW } from "../history-objects.ts";

const PATIENCE = { timeout: 10_000 };

describePostgres("the feed of a PostgreSQL database", () => {
  it("tells every process what each of them stored, once", async () => {
    const url = await emptyPostgresDatabase();
    const [a, b] = [await openReplica(url), await openReplica(url)];
    const [first, second, third] = [makeEvent(), makeEvent(), makeEvent()];
    await a.store(first, second);
    await b.store(third);
    const ids = [first.id, second.id, third.id].toSorted();
    await vi.waitFor(() => {
      for (const replica of [a, b]) expect(replica.heard.map(({ id }) => id).toSorted()).toEqual(ids);
    }, PATIENCE);
    expect(b.heard).toContainEqual(first);
  });

  it("tells more than one message can hold", async () => {
    const url = await emptyPostgresDatabase();
    const [a, b] = [await openReplica(url), await openReplica(url)];
    await a.store(...Array.from({ length: 1000 }, makeEvent));
    await vi.waitFor(() => expect(b.heard).toHaveLength(1000), PATIENCE);
    expect(a.heard).toHaveLength(1000);
  });

  it("tells nothing to who has unsubscribed", async () => {
    const a = await openReplica(await emptyPostgresDatabase());
    a.unsubscribe();
    await a.store(makeEvent());
    expect(a.heard).toEqual([]);
  });

  it("makes a lost connection again, and tells what was stored meanwhile", async () => {
    const url = await createPostgresDatabase();
    const [a, b] = [await openReplica(url), await openReplica(url)];
    const before = makeEvent();
    await a.store(before);
    await vi.waitFor(() => expect(b.heard).toEqual([before]), PATIENCE);
    await cutListeners(url);
    const meanwhile = { ...makeEvent(), occurred: new Date().toISOString().replace("Z", "000Z") };
    await a.store(meanwhile);
    await vi.waitFor(() => expect(b.heard.map(({ id }) => id)).toEqual([before.id, meanwhile.id]), PATIENCE);
    const after = makeEvent();
    await vi.waitFor(async () => {
      await a.store(after);
      expect(b.heard.map(({ id }) => id)).toContain(after.id);
    }, PATIENCE);
    expect(new Set(b.heard.map(({ id }) => id)).size).toBe(b.heard.length);
  });

  it("cannot be opened where there is no database", async () => {
    const url = new URL(await emptyPostgresDatabase());
    url.pathname = "/nowhere";
    const store = { events: (await postgresReplicaStore(await emptyPostgresDatabase())).events };
    await expect(postgresEventFeed({ url: url.href, store, onError: () => undefined })).rejects.toThrow(
      "nowhere",
    );
  });
});

async function openReplica(url: string) {
  const store = await postgresReplicaStore(url);
  const errors: unknown[] = [];
  const feed = await postgresEventFeed({ url, store, onError: (error) => errors.push(error) });
  onTestFinished(() => feed.close());
  const heard: Event[] = [];
  const unsubscribe = feed.subscribe((events) => heard.push(...events));
  return {
    heard,
    unsubscribe,
    store: async (...events: Event[]) => {
      await store.events.insert(events);
      feed.publish(events);
    },
  };
}

async function postgresReplicaStore(url: string) {
  const store = await postgresStore({ url });
  onTestFinished(() => store.close());
  return store;
}

async function cutListeners(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE ANY ($1)",
    [["LISTEN%", "SELECT pg_notify%"]],
  );
  await client.end();
}

function makeEvent(): Event {
  return {
    id: newId(),
    occurred: NOW,
    event: "happened",
    resource: { "prefect.resource.id": "thing" },
    related: [],
    payload: {},
    follows: null,
    received: NOW,
  };
}
