/** Events: what happened, told by anybody, read by everybody. */
import type { EventCreate } from "../event.ts";
import type { EventCountable } from "../event-countable.ts";
import type { EventCount, EventCountQuery, EventPage, EventQuery } from "../event-queries.ts";
import type { ApiCallOptions } from "../orchestration-api.ts";

export interface EventsApi {
  /**
   * Keeps events; one whose id is known is left out. Those by which engines tell of task runs
   * (`prefect.task-run.*` with the label `prefect.orchestration: client`) are recorded as task runs too, and heartbeats
   * with an owner renew leases.
   */
  create(events: readonly EventCreate[], options?: ApiCallOptions): Promise<void>;
  filter(query: EventQuery, options?: ApiCallOptions): Promise<EventPage>;
  /**
   * The page that `next_page` of another leads to.
   * @throws {ForbiddenError} when it leads to none.
   */
  next(nextPage: string, options?: ApiCallOptions): Promise<EventPage>;
  /** By time: every bucket of the time asked for, oldest first. Otherwise what is most frequent first. */
  countBy(countable: EventCountable, query: EventCountQuery, options?: ApiCallOptions): Promise<EventCount[]>;
}
