import { describe, expect, it } from "vitest";
import { LocalApi } from "../../src/local-api.ts";
import { MemoryStore } from "../../src/memory-store.ts";
import { wakeWaitingRuns } from "../../src/services/wake-waiting-runs.ts";
import { addSeconds } from "../../src/timestamp.ts";

const START = "2026-11-20T12:00:00.000000Z";
const PENDING = { state: { type: "PENDING" } } as const;

class Installation {
  now = START;
  readonly api = new LocalApi({ store: new MemoryStore(), clock: () => new Date(this.now) });

  pass(seconds: number): void {
    this.now = addSeconds(this.now, seconds);
  }

  async deploy(name: string, limitId: string): Promise<string> {
    const flow = await this.api.flows.create({ name });
    const create = { name, flow_id: flow.id, global_concurrency_limit_id: limitId };
    return (await this.api.deployments.create(create)).id;
  }

  /** A run that asked for a slot. */
  async ask(deploymentId: string): Promise<string> {
    const { id } = await this.api.deployments.createFlowRun(deploymentId, {});
    await this.api.flowRuns.setState(id, PENDING);
    this.pass(1);
    return id;
  }

  async due(...deployments: string[]): Promise<string[]> {
    const request = { deployment_ids: deployments, scheduled_before: this.now };
    return (await this.api.deployments.getScheduledFlowRuns(request)).map(({ id }) => id);
  }
}

describe("runs that wait for a slot", () => {
  it("are due as soon as slots are free, as many of them, those first that were expected first", async () => {
    const installation = new Installation();
    const { api } = installation;
    const limit = await api.concurrencyLimits.create({ name: "cluster", limit: 2 });
    const [one, other] = [
      await installation.deploy("one", limit.id),
      await installation.deploy("other", limit.id),
    ];
    const holders = [await installation.ask(one), await installation.ask(other)];
    const waiting = [await installation.ask(one), await installation.ask(other), await installation.ask(one)];
    expect(await wakeWaitingRuns(api.context)).toBe(0);
    expect(await installation.due(one, other)).toEqual([]);
    await api.flowRuns.setState(holders[0] ?? "", { state: { type: "CRASHED" } });
    expect(await wakeWaitingRuns(api.context)).toBe(1);
    expect(await installation.due(one, other)).toEqual([waiting[0]]);
    expect(await wakeWaitingRuns(api.context)).toBe(0);
    await api.flowRuns.setState(waiting[0] ?? "", PENDING);
    expect(await wakeWaitingRuns(api.context)).toBe(0);
    for (const id of [holders[1], waiting[0]]) {
      await api.flowRuns.setState(id ?? "", { state: { type: "CRASHED" } });
    }
    expect(await wakeWaitingRuns(api.context)).toBe(2);
    expect(await installation.due(one, other)).toEqual([waiting[1], waiting[2]]);
  });

  it("are left alone where nothing is free, and where they are due by themselves", async () => {
    const installation = new Installation();
    const limit = await installation.api.concurrencyLimits.create({ name: "cluster", limit: 1 });
    const deployment = await installation.deploy("one", limit.id);
    await installation.ask(deployment);
    const waiting = await installation.ask(deployment);
    installation.pass(60);
    expect(await wakeWaitingRuns(installation.api.context)).toBe(0);
    expect(await installation.due(deployment)).toEqual([waiting]);
  });
});
