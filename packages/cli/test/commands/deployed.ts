/** A history with a deployment, for tests of the commands that look at it. */
import { closeEngines, loadSettings, openHistory } from "@sluice/core";
import type { Deployment, DeploymentCreate, OrchestrationApi } from "@sluice/protocol";
import { type RunSluice, setUpSluice } from "../run-sluice.ts";

const PARAMETERS = {
  type: "object",
  properties: { day: { type: "string" }, limit: { type: "integer", default: 10 } },
  required: ["day"],
  additionalProperties: false,
};

export interface DeployedSluice {
  readonly home: string;
  /** The deployment `report/nightly`. */
  readonly deployment: Deployment;
  /** Does something with the history that the command uses. */
  inHistory<T>(work: (api: OrchestrationApi) => Promise<T>): Promise<T>;
}

/** Runs `sluice` with a home whose history has the pool `machines` and the deployment `report/nightly` in it. */
export async function setUpDeployment(
  members: Partial<DeploymentCreate> = {},
): Promise<RunSluice & DeployedSluice> {
  const sluice = await setUpSluice();
  const inHistory = async <T>(work: (api: OrchestrationApi) => Promise<T>): Promise<T> => {
    try {
      return await work(await openHistory(loadSettings({ env: { SLUICE_HOME: sluice.home } })));
    } finally {
      await closeEngines();
    }
  };
  const deployment = await inHistory(async (api) => {
    await api.workPools.create({ name: "machines", type: "process" });
    const { id } = await api.flows.create({ name: "report" });
    return api.deployments.create({
      name: "nightly",
      flow_id: id,
      work_pool_name: "machines",
      entrypoint: "src/report.ts:report",
      parameter_openapi_schema: PARAMETERS,
      ...members,
    });
  });
  return Object.assign(sluice, { deployment, inHistory });
}
