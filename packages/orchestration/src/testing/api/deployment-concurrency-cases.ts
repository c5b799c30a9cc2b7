/** Cases of the API suite on the slots of a deployment's limit. */
import type { Deployment, DeploymentCreate, FlowRun, OrchestrationApi, StateCreate } from "@sluice/protocol";
import { expect, it } from "vitest";
import { takenOf } from "./concurrency-cases.ts";
import { createDeployment } from "./deployment-cases.ts";
import { inSeconds, microseconds, type OpenApi, propose } from "./open-api.ts";

const PENDING: StateCreate = { type: "PENDING" };
const RUNNING: StateCreate = { type: "RUNNING" };

interface Limited {
  readonly api: OrchestrationApi;
  readonly deployment: Deployment;
  /** A new run of the deployment that is due. */
  start(): Promise<FlowRun>;
  taken(): Promise<number>;
}

async function limited(open: OpenApi, members: Partial<DeploymentCreate> = {}): Promise<Limited> {
  const api = await open();
  const deployment = await createDeployment(api, { concurrency_limit: 1, ...members });
  return {
    api,
    deployment,
    start: () => api.deployments.createFlowRun(deployment.id, {}),
    taken: () => takenOf(api, `deployment:${deployment.id}`),
  };
}

export function deploymentConcurrencyCases(open: OpenApi): void {
  waysOutCases(open);
  fullCases(open);

  it("is taken before PENDING with a lease, and goes along until the run ends", async () => {
    const { api, start, taken } = await limited(open);
    const run = await start();
    expect(await taken()).toBe(0);
    const pending = await propose(api, run.id, PENDING);
    const leaseId = pending.state?.state_details.deployment_concurrency_lease_id ?? "";
    expect(leaseId).not.toBe("");
    expect(await taken()).toBe(1);
    await api.concurrencyLimits.renewLease(leaseId, {});
    const details = { deployment_concurrency_lease_id: null };
    for (const state of [
      { ...PENDING, name: "Submitting", state_details: details },
      { ...RUNNING, state_details: details },
      { type: "CANCELLING" } as const,
    ]) {
      const answer = await propose(api, run.id, state);
      expect(answer).toMatchObject({
        status: "ACCEPT",
        state: { state_details: { deployment_concurrency_lease_id: leaseId } },
      });
      expect(await taken()).toBe(1);
    }
    await propose(api, run.id, { type: "CANCELLED" });
    expect(await taken()).toBe(0);
    await expect(api.concurrencyLimits.renewLease(leaseId, {})).rejects.toMatchObject({
      code: "LEASE_ENDED",
    });
  });

  it("is kept while the run waits in its process for its next attempt", async () => {
    const { api, start, taken } = await limited(open);
    const run = await start();
    await api.flowRuns.update(run.id, {
      empirical_policy: {
        max_retries: 0,
        retry_delay_seconds: 0,
        pause_keys: [],
        retries: 1,
        retry_delay: 0,
      },
    });
    await propose(api, run.id, PENDING);
    const { state: first } = await propose(api, run.id, RUNNING);
    const lease = { deployment_concurrency_lease_id: first?.state_details.deployment_concurrency_lease_id };
    const failed = await propose(api, run.id, { type: "FAILED" });
    expect(failed).toMatchObject({
      status: "REJECT",
      state: { name: "AwaitingRetry", state_details: lease },
    });
    expect(await taken()).toBe(1);
    expect(await propose(api, run.id, RUNNING)).toMatchObject({ state: { state_details: lease } });
    await propose(api, run.id, { type: "FAILED" });
    expect(await taken()).toBe(0);
  });

  it("is lost when the lease is given back, and taken again when the run begins", async () => {
    const { api, start, taken } = await limited(open);
    const run = await start();
    const pending = await propose(api, run.id, PENDING);
    const lost = pending.state?.state_details.deployment_concurrency_lease_id ?? "";
    await api.concurrencyLimits.decrementWithLease({ lease_id: lost });
    expect(await taken()).toBe(0);
    const running = await propose(api, run.id, RUNNING);
    expect(running.status).toBe("ACCEPT");
    expect(running.state?.state_details.deployment_concurrency_lease_id).not.toBe(lost);
    expect(await taken()).toBe(1);
    await propose(api, run.id, { type: "COMPLETED" });
    expect(await taken()).toBe(0);
  });

  it("is that of a limit which deployments share", async () => {
    const api = await open();
    const { id } = await api.concurrencyLimits.create({ name: "cluster", limit: 1 });
    const [one, other] = [
      await createDeployment(api, { global_concurrency_limit_id: id }),
      await createDeployment(api, { global_concurrency_limit_id: id }),
    ];
    const first = await api.deployments.createFlowRun(one.id, {});
    const second = await api.deployments.createFlowRun(other.id, {});
    expect(await propose(api, first.id, PENDING)).toMatchObject({ status: "ACCEPT" });
    expect(await propose(api, second.id, PENDING)).toMatchObject({
      status: "REJECT",
      state: { name: "AwaitingConcurrencySlot" },
    });
    expect(await takenOf(api, "cluster")).toBe(1);
  });

  it("is no hindrance to a run whose deployment loses its limit, or is deleted", async () => {
    const { api, deployment, start } = await limited(open, { concurrency_limit: 2 });
    const [first, second] = [await start(), await start()];
    for (const run of [first, second]) await propose(api, run.id, PENDING);
    await api.deployments.update(deployment.id, { concurrency_limit: null });
    expect(await propose(api, first.id, RUNNING)).toMatchObject({ status: "ACCEPT" });
    await api.deployments.update(deployment.id, { concurrency_limit: 1 });
    expect(await propose(api, first.id, { type: "COMPLETED" })).toMatchObject({ status: "ACCEPT" });
    expect(await takenOf(api, `deployment:${deployment.id}`)).toBe(0);
    await api.deployments.delete(deployment.id);
    expect(await propose(api, second.id, RUNNING)).toMatchObject({ status: "ACCEPT" });
    expect(await propose(api, second.id, { type: "COMPLETED" })).toMatchObject({ status: "ACCEPT" });
  });

  it("is not asked for where the limit is not active", async () => {
    const { api, deployment, start } = await limited(open);
    await api.concurrencyLimits.update(`deployment:${deployment.id}`, { active: false });
    const runs = [await start(), await start()];
    for (const run of runs) expect(await propose(api, run.id, PENDING)).toMatchObject({ status: "ACCEPT" });
  });

  it("is given to as many runs as there are slots, of all that ask at once", async () => {
    const { api, start, taken } = await limited(open, { concurrency_limit: 3 });
    const runs: FlowRun[] = [];
    for (let index = 0; index < 12; index += 1) runs.push(await start());
    const answers = await Promise.all(runs.map((run) => propose(api, run.id, PENDING)));
    expect(answers.filter(({ status }) => status === "ACCEPT")).toHaveLength(3);
    expect(answers.filter(({ state }) => state?.name === "AwaitingConcurrencySlot")).toHaveLength(9);
    expect(await taken()).toBe(3);
    const winners = runs.filter((_, index) => answers[index]?.status === "ACCEPT");
    await Promise.all(winners.map((run) => propose(api, run.id, { type: "CRASHED" })));
    expect(await taken()).toBe(0);
  });
}

function waysOutCases(open: OpenApi): void {
  it.each<[string, readonly StateCreate[]]>([
    ["completing", [RUNNING, { type: "COMPLETED" }]],
    ["failing", [RUNNING, { type: "FAILED" }]],
    ["crashing while it is pending", [{ type: "CRASHED" }]],
    ["pausing", [RUNNING, { type: "PAUSED" }]],
    ["being scheduled again", [RUNNING, { type: "SCHEDULED", name: "AwaitingRetry" }]],
  ])("is given back by a run that leaves it by %s", async (_way, states) => {
    const { api, start, taken } = await limited(open);
    const run = await start();
    await propose(api, run.id, PENDING);
    for (const state of states) await propose(api, run.id, state);
    expect(await taken()).toBe(0);
    const next = await start();
    expect(await propose(api, next.id, PENDING)).toMatchObject({ status: "ACCEPT" });
  });

  it("is given back by a run that is forced to its end, and by one that is deleted", async () => {
    const { api, start, taken } = await limited(open, { concurrency_limit: 2 });
    const [forced, deleted] = [await start(), await start()];
    for (const run of [forced, deleted]) await propose(api, run.id, PENDING);
    expect(await taken()).toBe(2);
    await api.flowRuns.setState(forced.id, { state: { type: "CANCELLED" }, force: true });
    expect(await taken()).toBe(1);
    await api.flowRuns.delete(deleted.id);
    expect(await taken()).toBe(0);
  });
}

function fullCases(open: OpenApi): void {
  it("is waited for half a minute where all are taken", async () => {
    const { api, start } = await limited(open);
    const [holder, waiting] = [await start(), await start()];
    await propose(api, holder.id, PENDING);
    const answer = await propose(api, waiting.id, PENDING);
    expect(answer).toMatchObject({
      status: "REJECT",
      state: { type: "SCHEDULED", name: "AwaitingConcurrencySlot" },
      details: { reason: "Deployment concurrency limit reached." },
    });
    const { state } = answer;
    const waits = microseconds(state?.state_details.scheduled_time) - microseconds(state?.timestamp);
    expect(waits / 1_000_000).toBeCloseTo(30, 2);
    await propose(api, holder.id, { type: "FAILED" });
    expect(await propose(api, waiting.id, PENDING)).toMatchObject({ status: "ACCEPT" });
  });

  it("is not waited for where new runs are cancelled", async () => {
    const { api, start, taken } = await limited(open, {
      concurrency_options: { collision_strategy: "CANCEL_NEW" },
    });
    const [holder, refused] = [await start(), await start()];
    await propose(api, holder.id, PENDING);
    expect(await propose(api, refused.id, PENDING)).toMatchObject({
      status: "REJECT",
      state: { type: "CANCELLED", message: "Deployment concurrency limit reached." },
    });
    expect(await taken()).toBe(1);
  });

  it("is never free of a limit of 0", async () => {
    const { api, deployment, start } = await limited(open);
    await api.concurrencyLimits.update(`deployment:${deployment.id}`, { limit: 0 });
    const run = await start();
    expect(await propose(api, run.id, PENDING)).toMatchObject({ status: "ABORT" });
  });

  it("is not taken by runs that are too early", async () => {
    const { api, deployment, taken } = await limited(open);
    const state = { type: "SCHEDULED", state_details: { scheduled_time: inSeconds(3600) } } as const;
    const run = await api.deployments.createFlowRun(deployment.id, { state });
    expect(await propose(api, run.id, RUNNING)).toMatchObject({ status: "WAIT" });
    expect(await taken()).toBe(0);
  });
}
