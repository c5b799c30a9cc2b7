/** Events that tell what became of an object: it was created, updated, deleted, or changed its status. */
import type { Event } from "@sluice/protocol";
import type { TransitionContext } from "../transition.ts";

/** Labels that describe a thing. */
export type Resource = Record<string, string>;

/** What happened to an object of a kind, such as `work-pool`. */
export interface Lifecycle {
  readonly kind: string;
  readonly action: string;
  readonly id: string;
  readonly name?: string | undefined;
  readonly related?: readonly Resource[] | undefined;
  readonly payload?: Readonly<Record<string, unknown>> | undefined;
}

export function lifecycleEvent(lifecycle: Lifecycle, moment: TransitionContext): Event {
  const { kind, action, id, name, related = [], payload = {} } = lifecycle;
  return {
    id: moment.newId(),
    occurred: moment.now,
    event: `prefect.${kind}.${action}`,
    resource: resource(kind, id, name),
    related: [...related],
    payload,
    follows: null,
    received: moment.now,
  };
}

/** An object as a resource. */
export function resource(kind: string, id: string, name?: string): Resource {
  const labels: Resource = { "prefect.resource.id": `prefect.${kind}.${id}` };
  if (name !== undefined) labels["prefect.resource.name"] = name;
  return labels;
}

/** An object that has a part in an event; its role is that of its kind unless another is given. */
export function relatedResource(kind: string, id: string, name?: string, role: string = kind): Resource {
  return { ...resource(kind, id, name), "prefect.resource.role": role };
}
