/** Deploys flows, several at once. */
import { findFlowDefinition } from "../flows/flow.ts";
import { currentServices } from "../runtime/current-services.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import type { FlowDeployment } from "./deployment-options.ts";
import {
  type DeployedFlow,
  type PreparedDeployment,
  prepareDeployment,
  sendDeployment,
} from "./send-deployment.ts";

/**
 * Deploys one or several flows: `deploy(report.toDeployment({ name: "nightly", workPool: "main" }))`. All of them are
 * checked before the first is sent. Deploying again changes what differs.
 *
 * @throws {InvalidOptionError} when an option cannot work: it names the deployment and the option.
 * @throws {SluiceError} `OBJECT_NOT_FOUND` when there is no such work pool.
 */
export async function deploy(...deployments: readonly FlowDeployment[]): Promise<DeployedFlow[]> {
  if (deployments.length === 0) throw new InvalidOptionError("deploy() needs at least one deployment.");
  const { api } = await currentServices();
  const prepared: PreparedDeployment[] = [];
  for (const { flow, options } of deployments) {
    const definition = findFlowDefinition(flow);
    if (definition === undefined) {
      throw new InvalidOptionError("deploy() needs what flow.toDeployment(options) gives.");
    }
    prepared.push(await prepareDeployment(definition, options, api));
  }
  const deployed: DeployedFlow[] = [];
  for (const each of prepared) deployed.push(await sendDeployment(each, api));
  return deployed;
}
