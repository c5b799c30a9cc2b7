/** What is told of concurrency limits. */
import type { ConcurrencyLimit, Event } from "@sluice/protocol";
import type { TransitionContext } from "../transition.ts";

/** A limit was made, changed or deleted. */
export function concurrencyLimitEvent(
  action: "created" | "updated" | "deleted",
  limit: ConcurrencyLimit,
  moment: TransitionContext,
): Event {
  return {
    id: moment.newId(),
    occurred: moment.now,
    event: `prefect.concurrency-limit.${action}`,
    resource: {
      "prefect.resource.id": `prefect.concurrency-limit.${limit.id}`,
      "prefect.resource.name": limit.name,
    },
    related: [],
    payload: {
      name: limit.name,
      limit: limit.limit,
      active: limit.active,
      slot_decay_per_second: limit.slot_decay_per_second,
    },
    follows: null,
    received: moment.now,
  };
}
