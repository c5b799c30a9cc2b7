import { type Log, newId } from "@sluice/protocol";
import { expect, it, onTestFinished, vi } from "vitest";
import { postgresLogFeed, postgresStore } from "../../src/index.ts";
import { describePostgres, emptyPostgresDatabase } from "../../src/testing/index.ts";
import { NOW } from "../history-objects.ts";

const PATIENCE = { timeout: 10_000 };

describePostgres("the feed of log lines of a PostgreSQL database", () => {
  it("tells every process the lines that each of them stored, once", async () => {
    const url = await emptyPostgresDatabase();
    const [a, b] = [await openReplica(url), await openReplica(url)];
    const [runId, otherId] = [newId(), newId()];
    const lines = [makeLog(runId, 1), makeLog(runId, 2), makeLog(otherId, 3)];
    await a.store(lines);
    await vi.waitFor(() => expect(b.heard).toHaveLength(3), PATIENCE);
    const more = makeLog(runId, 2);
    await b.store([more]);
    await vi.waitFor(() => expect(a.heard).toHaveLength(4), PATIENCE);
    const ids = [...lines, more].map(({ id }) => id).toSorted();
    for (const replica of [a, b]) expect(replica.heard.map(({ id }) => id).toSorted()).toEqual(ids);
    expect(b.heard).toContainEqual(lines[0]);
  });
});

async function openReplica(url: string) {
  const store = await postgresStore({ url });
  const onError = (error: unknown): void => {
    throw error;
  };
  const feed = await postgresLogFeed({ url, store, onError });
  onTestFinished(async () => {
    await feed.close();
    await store.close();
  });
  const heard: Log[] = [];
  feed.subscribe((logs) => void heard.push(...logs));
  return {
    heard,
    store: async (logs: readonly Log[]) => {
      await store.logs.insert(logs);
      feed.publish(logs);
    },
  };
}

function makeLog(flowRunId: string, second: number): Log {
  return {
    id: newId(),
    created: NOW,
    updated: NOW,
    name: "l",
    level: 20,
    message: "Hello",
    timestamp: `2026-03-04T05:06:0${second}.000000Z`,
    flow_run_id: flowRunId,
    task_run_id: null,
  };
}
