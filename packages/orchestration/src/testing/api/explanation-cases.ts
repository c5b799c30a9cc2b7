/** Cases of the API suite on why flow runs are not running. */
import { type FlowRunExplanation, newId, type OrchestrationApi } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { createDeployment } from "./deployment-cases.ts";
import { createRun, inSeconds, type OpenApi } from "./open-api.ts";
import { createPool } from "./work-pool-cases.ts";

const HELD = { is_holding: true };

async function codesOf(api: OrchestrationApi, id: string): Promise<string[]> {
  const { reasons } = await api.flowRuns.explain(id);
  return reasons.map(({ code }) => code);
}

export function explanationCases(open: OpenApi): void {
  it("tells of paused pools and queues, and of workers that are not there", async () => {
    const api = await open();
    await createPool(api, "machines");
    const { id: deploymentId } = await createDeployment(api, { work_pool_name: "machines" });
    const { id } = await api.deployments.createFlowRun(deploymentId, {});
    expect(await api.flowRuns.explain(id)).toMatchObject({
      flow_run_id: id,
      state_type: "SCHEDULED",
      reasons: [
        {
          ...HELD,
          code: "NO_WORKER",
          message: "No worker serves the work pool machines: none has ever served it.",
          remedy: "sluice worker start --pool machines",
        },
      ],
    });
    await api.workers.heartbeat("machines", { name: "cellar", heartbeat_interval_seconds: 30 });
    expect(await codesOf(api, id)).toEqual(["QUEUE_NOT_ASKED"]);
    await api.workPools.getScheduledFlowRuns("machines", {});
    expect(await codesOf(api, id)).toEqual(["NEXT"]);
    await api.workPools.update("machines", { is_paused: true });
    await api.poolQueues.update("machines", "default", { is_paused: true });
    await api.deployments.pause(deploymentId);
    expect(await codesOf(api, id)).toEqual(["POOL_PAUSED", "QUEUE_PAUSED", "DEPLOYMENT_PAUSED"]);
  });

  it("tells who holds the slots of the pool, the queue and the deployment", async () => {
    const api = await open();
    await createPool(api, "machines", { concurrency_limit: 1 });
    await api.poolQueues.update("machines", "default", { concurrency_limit: 1 });
    const { id: deploymentId } = await createDeployment(api, {
      work_pool_name: "machines",
      concurrency_limit: 1,
    });
    const first = await api.deployments.createFlowRun(deploymentId, { name: "first" });
    const second = await api.deployments.createFlowRun(deploymentId, { name: "second" });
    await api.workPools.getScheduledFlowRuns("machines", {});
    await api.flowRuns.setState(first.id, { state: { type: "PENDING" } });
    const { reasons } = await api.flowRuns.explain(second.id);
    const holders = [{ flow_run_id: first.id, name: "first", state_name: "Pending" }];
    expect(reasons).toMatchObject([
      { ...HELD, code: "DEPLOYMENT_LIMIT", holders },
      { ...HELD, code: "POOL_FULL", message: "The only slot of the work pool machines is taken.", holders },
      { ...HELD, code: "QUEUE_FULL", holders },
    ]);
    expect(await codesOf(api, first.id)).toEqual(["STARTING"]);
  });

  it("tells when it is due, whether for the first time or again", async () => {
    const api = await open();
    const due = inSeconds(3600);
    const later = await createRun(api, {
      type: "SCHEDULED",
      state_details: { scheduled_time: due },
    });
    const explained: FlowRunExplanation = await api.flowRuns.explain(later.id);
    expect(explained.reasons).toMatchObject([
      { ...HELD, code: "NOT_DUE", message: "It is not due: it starts in 1 hour." },
      { ...HELD, code: "NO_DEPLOYMENT" },
    ]);
    expect(Date.parse(explained.reasons[0]?.until ?? "")).toBe(Date.parse(due));
    const again = await createRun(api, {
      type: "SCHEDULED",
      name: "AwaitingRetry",
      state_details: { scheduled_time: due },
    });
    expect(await codesOf(api, again.id)).toEqual(["WAITS_FOR_RETRY"]);
  });

  it("tells that a deployment without a pool is not served, until somebody asks for its runs", async () => {
    const api = await open();
    const { id: deploymentId } = await createDeployment(api);
    const { id } = await api.deployments.createFlowRun(deploymentId, {});
    expect(await codesOf(api, id)).toEqual(["NOT_SERVED"]);
    await api.deployments.getScheduledFlowRuns({ deployment_ids: [deploymentId] });
    expect(await codesOf(api, id)).toEqual(["NEXT"]);
  });

  describe("once it has begun", () => {
    it("tells its state", async () => {
      const api = await open();
      const codeIn = async (type: "RUNNING" | "PAUSED" | "CANCELLING" | "COMPLETED" | "FAILED") => {
        const run = await createRun(api, { type, message: "Out of paper" });
        return (await api.flowRuns.explain(run.id)).reasons[0];
      };
      expect(await codeIn("RUNNING")).toMatchObject({ code: "RUNNING", is_holding: false });
      expect(await codeIn("PAUSED")).toMatchObject({ ...HELD, code: "PAUSED" });
      expect(await codeIn("CANCELLING")).toMatchObject({ ...HELD, code: "CANCELLING" });
      expect(await codeIn("COMPLETED")).toMatchObject({
        code: "ENDED",
        message: "It has ended: Completed.",
        remedy: null,
      });
      expect(await codeIn("FAILED")).toMatchObject({
        code: "ENDED",
        message: "It has ended: Failed, Out of paper.",
      });
    });
  });

  it("knows nothing of runs that are not there", async () => {
    const api = await open();
    await expect(api.flowRuns.explain(newId())).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });
}
