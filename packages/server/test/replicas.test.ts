// Several servers on one database, each with connections of its own.
import { LocalApi, repossessLeases } from "@sluice/orchestration";
import { isSluiceError, type OrchestrationApi } from "@sluice/protocol";
import { postgresStore } from "@sluice/store";
import { createPostgresDatabase, describePostgres } from "@sluice/store/testing";
import { expect, it, onTestFinished, vi } from "vitest";

// Hundreds of transactions on connections that have to be opened, beside other tests.
vi.setConfig({ testTimeout: 30_000 });

async function openReplicas(count: number, clock?: () => Date): Promise<LocalApi[]> {
  const url = await createPostgresDatabase();
  const replicas: LocalApi[] = [];
  onTestFinished(async () => void (await Promise.all(replicas.map((api) => api.close()))));
  for (let index = 0; index < count; index += 1) {
    replicas.push(new LocalApi({ store: await postgresStore({ url }), clock }));
  }
  return replicas;
}

/** Gives what `call` gives, or undefined where slots are taken. */
async function ifFree<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isSluiceError(error, "SLOTS_TAKEN")) return undefined;
    throw error;
  }
}

function of<T>(items: readonly T[], index: number): T {
  return items[index % items.length] as T;
}

async function taken(api: OrchestrationApi, name: string): Promise<number> {
  return (await api.concurrencyLimits.get(name)).active_slots;
}

describePostgres("replicas on one PostgreSQL", () => {
  it("give out as many slots as there are, whichever is asked and whatever the order of the limits", async () => {
    const replicas = await openReplicas(3);
    const [first] = replicas as [LocalApi];
    for (const [name, limit] of [
      ["a", 20],
      ["b", 12],
      ["c", 15],
    ] as const) {
      await first.concurrencyLimits.create({ name, limit });
    }
    const orders = [
      ["a", "b", "c"],
      ["c", "b", "a"],
      ["b", "c", "a"],
    ];
    const leases = await Promise.all(
      Array.from({ length: 90 }, (_, index) =>
        ifFree(
          of(replicas, index).concurrencyLimits.incrementWithLease({ names: of(orders, index), slots: 1 }),
        ),
      ),
    );
    const given = leases.filter((lease) => lease !== undefined);
    expect(given).toHaveLength(12);
    for (const name of ["a", "b", "c"]) expect(await taken(first, name)).toBe(12);
    await Promise.all(
      given.flatMap((lease) => replicas.map((api) => api.concurrencyLimits.decrementWithLease(lease))),
    );
    for (const name of ["a", "b", "c"]) expect(await taken(first, name)).toBe(0);
  });

  it("give a run of a deployment to one worker, and a slot to as many runs as there are", async () => {
    const replicas = await openReplicas(3);
    const [first] = replicas as [LocalApi];
    const flow = await first.flows.create({ name: "etl" });
    const deployment = await first.deployments.create({
      name: "prod",
      flow_id: flow.id,
      concurrency_limit: 4,
    });
    const runs = await Promise.all(
      Array.from({ length: 15 }, () => first.deployments.createFlowRun(deployment.id, {})),
    );
    const answers = await Promise.all(
      runs.flatMap((run) =>
        replicas.map((api) => api.flowRuns.setState(run.id, { state: { type: "PENDING" } })),
      ),
    );
    expect(answers.filter(({ status }) => status === "ACCEPT")).toHaveLength(4);
    expect(await taken(first, `deployment:${deployment.id}`)).toBe(4);
    const states = await Promise.all(runs.map((run) => first.flowRuns.get(run.id)));
    const pending = states.filter((run) => run.state_type === "PENDING");
    expect(pending).toHaveLength(4);
    await Promise.all(
      pending.flatMap((run) =>
        replicas.map((api) => api.flowRuns.setState(run.id, { state: { type: "CRASHED" }, force: true })),
      ),
    );
    expect(await taken(first, `deployment:${deployment.id}`)).toBe(0);
  });

  it("take back the slots of a lease that ended once, whoever looks", async () => {
    let now = new Date();
    const replicas = await openReplicas(3, () => now);
    const [first] = replicas as [LocalApi];
    await first.concurrencyLimits.create({ name: "a", limit: 50 });
    for (let index = 0; index < 20; index += 1) {
      await first.concurrencyLimits.incrementWithLease({ names: ["a"], slots: 1, lease_duration: 60 });
    }
    await first.concurrencyLimits.increment({ names: ["a"], slots: 5 });
    now = new Date(now.getTime() + 61_000);
    const reports = await Promise.all(replicas.map((api) => repossessLeases(api.context)));
    expect(reports.reduce((sum, { ended }) => sum + ended, 0)).toBe(20);
    expect(await taken(first, "a")).toBe(5);
  });
});
