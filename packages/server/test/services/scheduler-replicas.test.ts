import { LocalApi, scheduleDeployments } from "@sluice/orchestration";
import { postgresStore } from "@sluice/store";
import { createPostgresDatabase, describePostgres } from "@sluice/store/testing";
import { expect, it, onTestFinished } from "vitest";

const REPLICAS = 3;
const DEPLOYMENTS = 24;
/** So many minutes later, every schedule needs runs. */
const LATER_MS = 30 * 60_000;

async function openReplica(url: string): Promise<{ now: LocalApi; later: LocalApi }> {
  const store = await postgresStore({ url });
  onTestFinished(() => store.close());
  const clock = () => new Date(Date.now() + LATER_MS);
  return { now: new LocalApi({ store }), later: new LocalApi({ store, clock }) };
}

describePostgres("schedulers of several replicas", () => {
  it("make each run once, and none of what is paused meanwhile", async () => {
    const url = await createPostgresDatabase();
    const replicas = await Promise.all(Array.from({ length: REPLICAS }, () => openReplica(url)));
    const [first] = replicas;
    if (first === undefined) throw new Error("There is no replica.");
    const flow = await first.now.flows.create({ name: "etl" });
    const ids: string[] = [];
    for (let n = 0; n < DEPLOYMENTS; n += 1) {
      const schedules = [{ schedule: { interval: 300 } }];
      const deployment = await first.now.deployments.create({ name: `d${n}`, flow_id: flow.id, schedules });
      ids.push(deployment.id);
    }
    const [paused, changed] = [ids.slice(0, 8), ids.slice(8, 16)];
    const some = (n: number) => replicas[n % REPLICAS]?.later ?? first.later;
    await Promise.all([
      ...replicas.map(({ later }) => scheduleDeployments(later.context)),
      ...paused.map((id, n) => some(n).deployments.pause(id)),
      ...changed.map((id, n) => some(n).deployments.update(id, { tags: ["changed"] })),
      ...ids.map((id, n) => some(n).deployments.createFlowRun(id, {})),
    ]);
    for (const id of ids) {
      const runs = await first.now.context.store.flowRuns.list({
        where: { type: "equals", member: "deployment_id", value: id },
      });
      const times = runs.filter((run) => run.auto_scheduled).map((run) => run.next_scheduled_start_time);
      expect(new Set(times).size).toBe(times.length);
      if (paused.includes(id)) expect(times).toEqual([]);
      else expect(times.length).toBeGreaterThan(12);
    }
  }, 60_000);
});
