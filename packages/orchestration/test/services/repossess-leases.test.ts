import { describe, expect, it } from "vitest";
import { LocalApi } from "../../src/local-api.ts";
import { MemoryStore } from "../../src/memory-store.ts";
import { repossessLeases } from "../../src/services/repossess-leases.ts";
import { addSeconds } from "../../src/timestamp.ts";

const START = "2026-11-20T12:00:00.000000Z";
const PENDING = { state: { type: "PENDING" } } as const;
const RUNNING = { state: { type: "RUNNING" } } as const;
const RENEWING = { clientVersion: "3.8.4" };
const OLD = { clientVersion: "3.4.10" };

class Installation {
  now = START;
  readonly api = new LocalApi({ store: new MemoryStore(), clock: () => new Date(this.now) });

  pass(seconds: number): void {
    this.now = addSeconds(this.now, seconds);
  }

  repossess(): ReturnType<typeof repossessLeases> {
    return repossessLeases(this.api.context);
  }

  async taken(name: string): Promise<number> {
    return (await this.api.concurrencyLimits.get(name)).active_slots;
  }

  /** A deployment with one slot, and the ids of two runs of it that are due. */
  async deploy(grace?: number): Promise<{ limit: string; runs: [string, string] }> {
    const flow = await this.api.flows.create({ name: "etl" });
    const { id } = await this.api.deployments.create({
      name: "prod",
      flow_id: flow.id,
      concurrency_limit: 1,
      concurrency_options: { collision_strategy: "ENQUEUE", grace_period_seconds: grace ?? null },
    });
    const first = await this.api.deployments.createFlowRun(id, {});
    const second = await this.api.deployments.createFlowRun(id, {});
    return { limit: `deployment:${id}`, runs: [first.id, second.id] };
  }
}

describe("the repossession of leases", () => {
  it("gives back the slots of leases that were not renewed, and tells for how long they were held", async () => {
    const installation = new Installation();
    const { api } = installation;
    await api.concurrencyLimits.create({ name: "a", limit: 5 });
    const request = { names: ["a"], slots: 2, lease_duration: 60 };
    const kept = await api.concurrencyLimits.incrementWithLease(request);
    const left = await api.concurrencyLimits.incrementWithLease(request);
    installation.pass(50);
    await api.concurrencyLimits.renewLease(kept.lease_id, { lease_duration: 60 });
    installation.pass(10);
    const renewal = api.concurrencyLimits.renewLease(left.lease_id, {});
    await expect(renewal).rejects.toMatchObject({ code: "LEASE_ENDED" });
    expect(await installation.repossess()).toEqual({ ended: 1, hasMore: false });
    expect(await installation.repossess()).toEqual({ ended: 0, hasMore: false });
    expect(await installation.taken("a")).toBe(2);
    await api.concurrencyLimits.decrementWithLease(left);
    expect(await installation.taken("a")).toBe(2);
    const [limit] = await api.context.store.objects("concurrency_limit").list({});
    expect(limit?.avg_slot_occupancy_seconds).toBeCloseTo(2 + (60 / 2 - 2) / 10, 9);
  });

  it("takes the slot of a run that does not begin within the grace period of its deployment", async () => {
    const installation = new Installation();
    const { limit, runs } = await installation.deploy(90);
    const [first, second] = runs;
    await installation.api.flowRuns.setState(first, PENDING, RENEWING);
    installation.pass(89);
    await installation.repossess();
    expect(await installation.taken(limit)).toBe(1);
    installation.pass(1);
    await installation.repossess();
    expect(await installation.taken(limit)).toBe(0);
    await installation.api.flowRuns.setState(second, PENDING, RENEWING);
    expect(await installation.api.flowRuns.setState(first, RUNNING, RENEWING)).toMatchObject({
      status: "REJECT",
      state: { type: "CANCELLED", message: expect.stringContaining("slot lost during provisioning") },
    });
    expect(await installation.taken(limit)).toBe(1);
  });

  it("takes the slot of a run whose client stops to renew it", async () => {
    const installation = new Installation();
    const { limit, runs } = await installation.deploy();
    await installation.api.flowRuns.setState(runs[0], PENDING, RENEWING);
    installation.pass(200);
    await installation.api.flowRuns.setState(runs[0], RUNNING, RENEWING);
    installation.pass(299);
    await installation.repossess();
    expect(await installation.taken(limit)).toBe(1);
    installation.pass(1);
    await installation.repossess();
    expect(await installation.taken(limit)).toBe(0);
  });

  it.each([
    ["an old Prefect client", OLD],
    ["a client that is none of Prefect's", {}],
  ])("leaves the slot to a run of %s, which never renews it", async (_whose, client) => {
    const installation = new Installation();
    const { limit, runs } = await installation.deploy();
    await installation.api.flowRuns.setState(runs[0], PENDING, client);
    await installation.api.flowRuns.setState(runs[0], RUNNING, client);
    installation.pass(100 * 86_400);
    expect(await installation.repossess()).toMatchObject({ ended: 0 });
    expect(await installation.taken(limit)).toBe(1);
    await installation.api.flowRuns.setState(runs[0], { state: { type: "COMPLETED" } }, client);
    expect(await installation.taken(limit)).toBe(0);
  });

  it("says that there is more when there is, and comes to an end", async () => {
    const installation = new Installation();
    for (let index = 0; index < 250; index += 1) {
      await installation.api.concurrencyLimits.incrementWithLease({ names: ["nobody"], slots: 1 });
    }
    installation.pass(301);
    expect(await installation.repossess()).toEqual({ ended: 200, hasMore: true });
    expect(await installation.repossess()).toEqual({ ended: 50, hasMore: false });
  });
});

describe("the process of a run with a slot", () => {
  it("gives the slot back when it is gone", async () => {
    const installation = new Installation();
    const { limit, runs } = await installation.deploy();
    const [run] = runs;
    await installation.api.flowRuns.setState(run, PENDING);
    await installation.api.flowRuns.setState(run, RUNNING);
    const owner = { host: "elsewhere", pid: 1, process_started_at: 0 };
    await installation.api.flowRuns.heartbeat({ flow_run_ids: [run], owner, lease_seconds: 30 });
    installation.pass(31);
    expect(await installation.api.sweepLapsedRuns()).toEqual([run]);
    expect(await installation.taken(limit)).toBe(0);
  });
});
