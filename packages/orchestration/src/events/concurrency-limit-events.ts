/** What is told of concurrency limits. */
import type { ConcurrencyLimit, Event } from "@sluice/protocol";
import type { TransitionContext } from "../transition.ts";
import { lifecycleEvent } from "./lifecycle-event.ts";

/** A limit was made, changed or deleted. */
export function concurrencyLimitEvent(
  action: "created" | "updated" | "deleted",
  { id, name, limit, active, slot_decay_per_second }: ConcurrencyLimit,
  moment: TransitionContext,
): Event {
  const payload = { name, limit, active, slot_decay_per_second };
  return lifecycleEvent({ kind: "concurrency-limit", action, id, name, payload }, moment);
}
