/** What is told of deployments. */
import type { Event } from "@sluice/protocol";
import type { StoredDeployment } from "../stored-nouns.ts";
import type { TransitionContext } from "../transition.ts";

/** Something happened to a deployment. */
export function deploymentEvent(
  what: "created" | "updated" | "deleted" | "ready" | "not-ready",
  deployment: StoredDeployment,
  moment: TransitionContext,
  updatedFields?: readonly string[],
): Event {
  const related: Record<string, string>[] = [
    { "prefect.resource.id": `prefect.flow.${deployment.flow_id}`, "prefect.resource.role": "flow" },
  ];
  if (deployment.work_queue_id !== null) {
    related.push({
      "prefect.resource.id": `prefect.work-queue.${deployment.work_queue_id}`,
      "prefect.resource.role": "work-queue",
    });
  }
  return {
    id: moment.newId(),
    occurred: moment.now,
    event: `prefect.deployment.${what}`,
    resource: {
      "prefect.resource.id": `prefect.deployment.${deployment.id}`,
      "prefect.resource.name": deployment.name,
    },
    related,
    payload: updatedFields === undefined ? {} : { updated_fields: [...updatedFields] },
    follows: null,
    received: moment.now,
  };
}
