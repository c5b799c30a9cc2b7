/** Tells whether what has just happened is what somebody asked for, without asking a store. */
import type { Event, EventFilter, Log, LogFilter } from "@sluice/protocol";
import { storedEvent } from "./events/stored-event.ts";
import { eventMatches } from "./filters/event-filter.ts";
import { logMatches } from "./filters/log-filter.ts";
import { toPredicate } from "./memory/condition-predicate.ts";

/** Whether events match a filter. */
export function eventPredicate(filter: EventFilter): (event: Event) => boolean {
  const where = eventMatches(filter);
  if (where === undefined) return () => true;
  const matches = toPredicate(where, () => []);
  return (event) => matches(storedEvent(event));
}

/** Whether log lines match a filter. */
export function logPredicate(filter: LogFilter): (log: Log) => boolean {
  const where = logMatches(filter);
  return where === undefined ? () => true : toPredicate(where, () => []);
}
