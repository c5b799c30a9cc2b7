/** Events with what they are looked for by. */
import type { Event } from "@sluice/protocol";
import type { StoredEvent } from "../stored-nouns.ts";

/** An event as it is looked for. */
export function storedEvent(event: Event): StoredEvent {
  return { ...event, resource_id: resourceId(event.resource), resource_ids: resourceIds(event) };
}

/** The id of what a resource's labels describe. */
export function resourceId(resource: Readonly<Record<string, string>>): string {
  return resource["prefect.resource.id"] ?? "";
}

/** The ids of everything that had a part in an event, each once. */
export function resourceIds(event: Pick<Event, "resource" | "related">): string[] {
  const ids = new Set([resourceId(event.resource)]);
  for (const related of event.related) ids.add(resourceId(related));
  return [...ids];
}

/** The id of the object that a resource is, if it is of this kind, such as `flow-run`. */
export function objectIdOf(
  resource: Readonly<Record<string, string>> | undefined,
  kind: string,
): string | undefined {
  const id = resource?.["prefect.resource.id"];
  const prefix = `prefect.${kind}.`;
  return id?.startsWith(prefix) === true ? id.slice(prefix.length) : undefined;
}

/** The first related resource in a role. */
export function relatedInRole(
  event: Pick<Event, "related">,
  role: string,
): Readonly<Record<string, string>> | undefined {
  return event.related.find((related) => related["prefect.resource.role"] === role);
}
