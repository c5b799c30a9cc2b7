/** Makes runs of deployments. */
import type { DeploymentFlowRunCreate, Flow } from "@sluice/protocol";
import type { StoredDeployment, StoredFlowRun } from "../../stored-nouns.ts";
import type { TransitionContext } from "../../transition.ts";
import type { Place } from "../../work-pools/find.ts";
import { placeMembers } from "../../work-pools/find.ts";
import { newFlowRun } from "../new-runs.ts";

/** A deployment with what its runs are made from. */
export interface Schedulable {
  readonly deployment: StoredDeployment;
  readonly flow: Flow;
  readonly place: Place | undefined;
}

export interface DeploymentRunRequest extends Schedulable {
  readonly create: DeploymentFlowRunCreate;
  /** As the run gets them: merged, hydrated and checked. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A run in its first state, with what it has from its deployment. */
export function newDeploymentRun(request: DeploymentRunRequest, moment: TransitionContext): StoredFlowRun {
  const { create, deployment, flow, place, parameters } = request;
  const run = newFlowRun(
    {
      flow_id: flow.id,
      deployment_id: deployment.id,
      state: create.state ?? { type: "SCHEDULED" },
      name: create.name ?? null,
      parameters,
      context: create.context ?? {},
      ...(create.empirical_policy != null && { empirical_policy: create.empirical_policy }),
      tags: [...new Set([...deployment.tags, ...(create.tags ?? [])])],
      labels: { ...deployment.labels, "prefect.deployment.id": deployment.id, ...create.labels },
      idempotency_key: create.idempotency_key ?? null,
      parent_task_run_id: create.parent_task_run_id ?? null,
      infrastructure_document_id: create.infrastructure_document_id ?? deployment.infrastructure_document_id,
      job_variables: create.job_variables ?? {},
    },
    flow,
    moment,
  );
  return { ...run, deployment_version: deployment.version, ...placeMembers(place) };
}
