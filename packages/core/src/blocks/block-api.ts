/** The orchestration API that blocks are kept by. */
import type { OrchestrationApi } from "@sluice/protocol";
import { currentServices } from "../runtime/current-services.ts";
import { currentScope } from "../runtime/run-scope.ts";

/** That of the run which the calling code belongs to; outside any run, that of the settings. */
export async function blockApi(): Promise<OrchestrationApi> {
  const scope = currentScope();
  const services = scope?.taskRun?.services ?? scope?.flowRun?.services;
  return (services ?? (await currentServices())).api;
}
