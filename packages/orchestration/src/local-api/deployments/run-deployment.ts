/** Makes the runs that clients ask of deployments. */
import {
  type BulkFlowRunResult,
  type DeploymentFlowRunCreate,
  isSluiceError,
  UnsuitableRequestError,
} from "@sluice/protocol";
import { jsonCopy } from "../../json-copy.ts";
import type { Store } from "../../store.ts";
import type { StoredDeployment, StoredFlowRun } from "../../stored-nouns.ts";
import type { Place } from "../../work-pools/find.ts";
import { insertFlowRun, requireParent } from "../insert-flow-run.ts";
import type { LocalContext, Moment } from "../local-context.ts";
import { hydrateParameters, requireParameters } from "./deployment-parameters.ts";
import { ensurePlace, requireJobVariables } from "./deployment-place.ts";
import { newDeploymentRun } from "./new-deployment-run.ts";
import { schedulable } from "./schedule-runs.ts";

/**
 * A run of a deployment; a known idempotency key gives the run that has it. The deployment's row is not held, so that
 * many may start runs of it at once.
 */
export async function runDeployment(
  context: LocalContext,
  deployment: StoredDeployment,
  create: DeploymentFlowRunCreate,
  options: { readonly signal?: AbortSignal | undefined } | undefined,
): Promise<StoredFlowRun> {
  const { store } = context;
  const given = jsonCopy(create.parameters ?? {});
  const parameters = await hydrateParameters(store, { ...deployment.parameters, ...given });
  const isEnforced = create.enforce_parameter_schema ?? deployment.enforce_parameter_schema;
  await requireParameters({ ...deployment, enforce_parameter_schema: isEnforced }, parameters);
  const from = await schedulable(store, deployment);
  if (from.place !== undefined) {
    const layers = [deployment.job_variables, create.job_variables];
    await requireJobVariables(from.place.pool, layers, { ignoreRequired: false });
  }
  return context.transaction(options, async (store, moment) => {
    await requireParent(store, create.parent_task_run_id);
    const place = await placeOfRun(store, { deployment, place: from.place, create }, moment);
    const run = newDeploymentRun({ ...from, place, create, parameters }, moment);
    return (await insertFlowRun(store, run, moment)).run;
  });
}

/** Each run is created or fails by itself. */
export async function runDeploymentOften(
  context: LocalContext,
  deployment: StoredDeployment,
  creates: readonly DeploymentFlowRunCreate[],
  options: { readonly signal?: AbortSignal | undefined } | undefined,
): Promise<BulkFlowRunResult> {
  const results: BulkFlowRunResult["results"] = [];
  for (const create of creates) {
    try {
      const run = await runDeployment(context, deployment, create, options);
      results.push({ flow_run_id: run.id, status: "CREATED", error: null });
    } catch (error) {
      // What is not about this run, such as a history that is away, is about all of them.
      if (!isSluiceError(error) || error.httpStatus >= 500) throw error;
      results.push({ flow_run_id: null, status: "FAILED", error: error.message });
    }
  }
  return { results };
}

/** The deployment's queue, or another one of its pool. */
async function placeOfRun(
  store: Store,
  from: {
    readonly deployment: StoredDeployment;
    readonly place: Place | undefined;
    readonly create: DeploymentFlowRunCreate;
  },
  moment: Moment,
): Promise<Place | undefined> {
  const { deployment, place, create } = from;
  if (!create.work_queue_name || create.work_queue_name === place?.queue.name) return place;
  if (place === undefined) {
    throw new UnsuitableRequestError(
      `A run of deployment ${deployment.id} cannot wait in work queue ${create.work_queue_name}: the deployment has no work pool. Leave the queue out, or give the deployment a pool.`,
    );
  }
  const names = { work_pool_name: place.pool.name, work_queue_name: create.work_queue_name };
  return ensurePlace(store, names, moment);
}
