import type { Event } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { LocalEventFeed } from "../../src/event-feed.ts";
import { LocalApi } from "../../src/local-api.ts";
import { MemoryStore } from "../../src/memory-store.ts";
import { markUnserved } from "../../src/services/mark-unserved.ts";
import { addSeconds } from "../../src/timestamp.ts";

const START = "2026-11-20T12:00:00.000000Z";

class Installation {
  now = START;
  readonly told: string[] = [];
  readonly api: LocalApi;

  constructor() {
    const feed = new LocalEventFeed((error) => {
      throw error;
    });
    feed.subscribe((events) => void this.told.push(...events.filter(isOfPools).map(({ event }) => event)));
    this.api = new LocalApi({ store: new MemoryStore(), clock: () => new Date(this.now), feed });
  }

  pass(seconds: number): void {
    this.now = addSeconds(this.now, seconds);
  }

  /** What the next step marks. */
  async step(): Promise<number> {
    return (await markUnserved(this.api.context)).marked;
  }

  async statuses(): Promise<string> {
    const pool = await this.api.workPools.get("machines");
    const queue = await this.api.poolQueues.get("machines", "default");
    return `pool ${pool.status}, queue ${queue.status}`;
  }
}

function isOfPools({ event }: Event): boolean {
  return /^prefect\.(?:work-pool|work-queue|deployment)\./u.test(event) && !event.endsWith("created");
}

async function install(): Promise<Installation> {
  const installation = new Installation();
  await installation.api.workPools.create({ name: "machines", type: "process" });
  return installation;
}

describe("the foreman", () => {
  it("takes a worker for gone after three missed heartbeats, and its pool for not ready without another", async () => {
    const installation = await install();
    const { api } = installation;
    await api.workers.heartbeat("machines", { name: "quick", heartbeat_interval_seconds: 10 });
    await api.workers.heartbeat("machines", { name: "silent" });
    installation.pass(30);
    expect(await installation.step()).toBe(0);
    installation.pass(1);
    expect(await installation.step()).toBe(1);
    expect(
      await api.workers.filter("machines", { workers: { status: { any_: ["OFFLINE"] } } }),
    ).toMatchObject([{ name: "quick" }]);
    expect(await installation.statuses()).toBe("pool READY, queue NOT_READY");
    installation.pass(60);
    expect(await installation.step()).toBe(2);
    expect(await installation.statuses()).toBe("pool NOT_READY, queue NOT_READY");
    expect(await installation.step()).toBe(0);
    await api.workers.heartbeat("machines", { name: "silent" });
    expect(await installation.statuses()).toBe("pool READY, queue NOT_READY");
    expect(installation.told).toEqual([
      "prefect.work-pool.ready",
      "prefect.work-pool.not-ready",
      "prefect.work-pool.ready",
    ]);
  });

  it("is asked for the workers last heard of first", async () => {
    const installation = await install();
    for (const name of ["a", "b", "c", "a"]) {
      await installation.api.workers.heartbeat("machines", { name });
      installation.pass(1);
    }
    const names = (await installation.api.workers.filter("machines", {})).map(({ name }) => name);
    expect(names).toEqual(["a", "c", "b"]);
  });

  it("takes queues and deployments for not ready that nobody polled for a minute", async () => {
    const installation = await install();
    const { api } = installation;
    const flow = await api.flows.create({ name: "etl" });
    const deployment = await api.deployments.create({
      name: "prod",
      flow_id: flow.id,
      work_pool_name: "machines",
    });
    await api.workPools.getScheduledFlowRuns("machines", {});
    installation.pass(59);
    expect(await installation.step()).toBe(0);
    installation.pass(2);
    expect(await installation.step()).toBe(2);
    expect(await installation.statuses()).toBe("pool NOT_READY, queue NOT_READY");
    expect(await api.deployments.get(deployment.id)).toMatchObject({ status: "NOT_READY" });
    await api.workPools.getScheduledFlowRuns("machines", {});
    expect(await api.deployments.get(deployment.id)).toMatchObject({ status: "READY" });
    expect(installation.told).toEqual([
      "prefect.work-queue.ready",
      "prefect.deployment.ready",
      "prefect.work-queue.not-ready",
      "prefect.deployment.not-ready",
      "prefect.work-queue.ready",
      "prefect.deployment.ready",
    ]);
  });

  it("sees polls that come every few seconds, of which not every one is written", async () => {
    const installation = await install();
    for (let second = 0; second < 300; second += 10) {
      installation.pass(10);
      await installation.api.workPools.getScheduledFlowRuns("machines", {});
      expect(await installation.step()).toBe(0);
    }
    expect(await installation.statuses()).toBe("pool NOT_READY, queue READY");
    expect(installation.told).toEqual(["prefect.work-queue.ready"]);
  });

  it("does not tell of what is paused, but knows it afterwards", async () => {
    const installation = await install();
    const { api } = installation;
    await api.workers.heartbeat("machines", { name: "silent" });
    await api.workPools.update("machines", { is_paused: true });
    installation.pass(91);
    expect(await installation.step()).toBe(2);
    await api.workPools.update("machines", { is_paused: false });
    expect(installation.told).toEqual([
      "prefect.work-pool.ready",
      "prefect.work-pool.paused",
      "prefect.work-pool.not-ready",
    ]);
  });
});

describe("what is told of pools and queues", () => {
  it("are the members that changed, and pauses apart from them", async () => {
    const installation = await install();
    const { api } = installation;
    await api.workPools.update("machines", { description: "Cellar", concurrency_limit: null });
    await api.workPools.update("machines", { description: "Cellar" });
    await api.poolQueues.update("machines", "default", { is_paused: true, name: "calm" });
    await api.poolQueues.update("machines", "calm", { is_paused: false });
    await api.workPools.delete("machines");
    expect(installation.told).toEqual([
      "prefect.work-pool.updated",
      "prefect.work-queue.updated",
      "prefect.work-queue.paused",
      "prefect.work-queue.not-ready",
      "prefect.work-queue.deleted",
      "prefect.work-pool.deleted",
    ]);
    const { events } = await api.events.filter({
      filter: { event: { name: ["prefect.work-queue.updated"] } },
    });
    expect(events).toMatchObject([
      {
        payload: { updated_fields: ["name"], updates: { name: { from: "default", to: "calm" } } },
        related: [
          {
            "prefect.resource.role": "work-pool",
            "prefect.resource.name": "machines",
            "prefect.work-pool.type": "process",
          },
        ],
      },
    ]);
  });
});
