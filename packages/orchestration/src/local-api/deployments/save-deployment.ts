/** Creates and changes deployments. */
import {
  ConflictError,
  type DeploymentCreate,
  type DeploymentUpdate,
  InvalidRequestError,
} from "@sluice/protocol";
import { deploymentEvent } from "../../events/deployment-events.ts";
import { jsonCopy } from "../../json-copy.ts";
import { findMismatch } from "../../parameters/parameter-schema.ts";
import type { Store } from "../../store.ts";
import type { StoredDeployment } from "../../stored-nouns.ts";
import type { Place } from "../../work-pools/find.ts";
import type { Moment } from "../local-context.ts";
import { presentMembers } from "../requests.ts";
import { replaceSchedules, updateSchedules } from "./change-schedules.ts";
import { applyLimit } from "./deployment-limit.ts";
import { hydrateParameters, requireParameters } from "./deployment-parameters.ts";
import { ensurePlace, requireJobVariables } from "./deployment-place.ts";
import { findDeployment } from "./read-deployments.ts";
import { scheduleAnew } from "./schedule-runs.ts";
import { deleteUnstartedRuns } from "./unstarted-runs.ts";

const ANY_OBJECT = { type: "object", properties: {} };

/** A new deployment, or the one of this flow and name with the members given. */
export async function saveDeployment(
  store: Store,
  create: DeploymentCreate,
  moment: Moment,
): Promise<StoredDeployment> {
  requireNoBlocks(create);
  const flow = await store.flows.find(create.flow_id);
  if (flow === undefined) {
    throw new ConflictError(
      `A deployment cannot be created for flow ${create.flow_id}, which does not exist. Create the flow first.`,
    );
  }
  await requireConforming(create);
  const place = await ensurePlace(store, create, moment);
  if (place !== undefined) {
    await requireJobVariables(place.pool, [create.job_variables], { ignoreRequired: true });
  }
  const fresh = newDeployment(create, moment);
  const { object: stored, created } = await store.objects("deployment").insert(fresh);
  const labels = { ...flow.labels, "prefect.flow.id": flow.id, ...create.labels };
  const changes = { ...toStored(create), ...placeMembers(create, place), labels };
  await deleteUnstartedRuns(store, stored.id, { isAutoScheduled: true, from: moment.now });
  await replaceSchedules(store, stored.id, create.schedules ?? [], moment);
  const deployment = await write(store, { stored, changes, request: create }, moment);
  moment.emit(
    created
      ? deploymentEvent("created", deployment, moment)
      : deploymentEvent("updated", deployment, moment, Object.keys(changes)),
  );
  return deployment;
}

/** Changes the members given. */
export async function changeDeployment(
  store: Store,
  id: string,
  update: DeploymentUpdate,
  moment: Moment,
): Promise<void> {
  const stored = await findDeployment(store, id);
  requireNoBlocks(update);
  const changes = { ...toStored(update), ...(await parameterChanges(store, stored, update)) };
  const place = update.work_pool_name === null ? undefined : await ensurePlace(store, update, moment);
  if (place !== undefined && update.job_variables != null) {
    await requireJobVariables(place.pool, [update.job_variables], { ignoreRequired: true });
  }
  Object.assign(changes, placeMembers(update, place));
  await deleteUnstartedRuns(store, id, { isAutoScheduled: true, from: moment.now });
  if (update.schedules != null) await updateSchedules(store, id, update.schedules, moment);
  const deployment = await write(store, { stored, changes, request: update }, moment);
  moment.emit(deploymentEvent("updated", deployment, moment, Object.keys(changes)));
}

/** Writes the members with the limit, and makes the runs of the schedules by them. */
async function write(
  store: Store,
  change: {
    readonly stored: StoredDeployment;
    readonly changes: Partial<StoredDeployment>;
    readonly request: DeploymentCreate | DeploymentUpdate;
  },
  moment: Moment,
): Promise<StoredDeployment> {
  const { stored, request } = change;
  const limitId = await applyLimit(store, stored.id, request, moment);
  const changes: Partial<StoredDeployment> = {
    ...change.changes,
    ...(limitId !== undefined && { concurrency_limit_id: limitId }),
    updated: moment.now,
  };
  await store.objects("deployment").update(stored.id, changes);
  const deployment = { ...stored, ...changes };
  await scheduleAnew(store, deployment, moment);
  return deployment;
}

function newDeployment(create: DeploymentCreate, moment: Moment): StoredDeployment {
  return {
    id: moment.newId(),
    created: moment.now,
    updated: moment.now,
    name: create.name,
    version: null,
    description: null,
    flow_id: create.flow_id,
    paused: false,
    concurrency_limit_id: null,
    concurrency_options: null,
    job_variables: {},
    parameters: {},
    tags: [],
    labels: {},
    work_queue_id: null,
    last_polled: null,
    parameter_openapi_schema: ANY_OBJECT,
    enforce_parameter_schema: true,
    path: null,
    entrypoint: null,
    pull_steps: null,
    storage_document_id: null,
    infrastructure_document_id: null,
    created_by: null,
    updated_by: null,
    status: "NOT_READY",
  };
}

/** The members present that are kept as they are sent; null where only an object is possible means no change. */
function toStored(request: DeploymentCreate | DeploymentUpdate): Partial<StoredDeployment> {
  const { job_variables: variables, enforce_parameter_schema: isEnforced, parameters } = request;
  return presentMembers(
    jsonCopy({
      version: request.version,
      description: request.description,
      paused: request.paused,
      concurrency_options: request.concurrency_options,
      tags: request.tags,
      parameter_openapi_schema: request.parameter_openapi_schema,
      path: request.path,
      entrypoint: request.entrypoint,
      pull_steps: request.pull_steps,
      job_variables: variables ?? undefined,
      enforce_parameter_schema: isEnforced ?? undefined,
      parameters: parameters ?? undefined,
    }),
  );
}

/** A pool that is expressly none takes the queue away. */
function placeMembers(
  request: DeploymentCreate | DeploymentUpdate,
  place: Place | undefined,
): Partial<StoredDeployment> {
  if (place !== undefined) return { work_queue_id: place.queue.id };
  return request.work_pool_name === null ? { work_queue_id: null } : {};
}

/** @throws {InvalidRequestError} when parameters do not fit the schema that came with them. */
async function requireConforming(create: DeploymentCreate): Promise<void> {
  const schema = create.parameter_openapi_schema;
  if (create.enforce_parameter_schema === false || schema == null) return;
  const mismatch = await findMismatch(create.parameters ?? {}, schema, { ignoreRequired: true });
  if (mismatch !== undefined) {
    throw new InvalidRequestError(
      `The parameters of deployment ${create.name} do not fit its parameter schema: ${mismatch}. Correct them, or the schema.`,
    );
  }
}

/** Parameters that are sent are made what they stand for, and checked with those that stay. */
async function parameterChanges(
  store: Store,
  stored: StoredDeployment,
  update: DeploymentUpdate,
): Promise<Partial<StoredDeployment>> {
  const parameters =
    update.parameters == null ? undefined : await hydrateParameters(store, jsonCopy(update.parameters));
  await requireParameters(
    {
      ...stored,
      parameter_openapi_schema: update.parameter_openapi_schema ?? stored.parameter_openapi_schema,
      enforce_parameter_schema: update.enforce_parameter_schema ?? stored.enforce_parameter_schema,
    },
    parameters ?? stored.parameters,
    { ignoreRequired: true },
  );
  return parameters === undefined ? {} : { parameters: { ...parameters } };
}

/** Blocks are not kept yet, so none can be referred to. */
function requireNoBlocks(request: DeploymentCreate | DeploymentUpdate): void {
  const id = request.storage_document_id ?? request.infrastructure_document_id;
  if (id == null) return;
  throw new ConflictError(
    `A deployment cannot refer to block document ${id}, which does not exist. Leave it out.`,
  );
}
