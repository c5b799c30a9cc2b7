/** Events of the in-process API. */
import {
  type ApiCallOptions,
  EVENT_COUNTABLES,
  type Event,
  type EventCount,
  type EventCountable,
  type EventCountQuery,
  type EventCreate,
  type EventFilter,
  type EventPage,
  type EventQuery,
  type EventsApi,
  InvalidRequestError,
  pageTokenOf,
} from "@sluice/protocol";
import { bucketCounts, bucketRange, spanOf } from "../events/event-buckets.ts";
import { type EventPageToken, readPageToken, writePageToken } from "../events/event-page-token.ts";
import type { EventRecorder } from "../events/event-recorder.ts";
import { eventMatches, isDistinct } from "../filters/event-filter.ts";
import { canonicalTimestamp } from "../timestamp.ts";
import type { LocalContext } from "./local-context.ts";

const PAGE = 50;
const MAX_TOTAL = 10_000;
const MAX_TALLIES = 1000;

/** Takes, finds and counts events. */
export class LocalEvents implements EventsApi {
  readonly #context: LocalContext;
  readonly #recorder: EventRecorder;

  constructor(context: LocalContext, recorder: EventRecorder) {
    this.#context = context;
    this.#recorder = recorder;
  }

  create(events: readonly EventCreate[], options?: ApiCallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    const received = this.#context.now();
    return this.#recorder.record(events.map((event) => toEvent(event, received)));
  }

  async filter(query: EventQuery, options?: ApiCallOptions): Promise<EventPage> {
    options?.signal?.throwIfAborted();
    const limit = query.limit ?? PAGE;
    if (!(Number.isInteger(limit) && limit >= 0 && limit <= PAGE)) {
      throw new InvalidRequestError(
        `A limit of ${limit} is not possible. Ask for 0 to ${PAGE} and follow next_page.`,
      );
    }
    const filter = query.filter ?? null;
    const total = await this.#context.store.events.count(eventMatches(filter), MAX_TOTAL);
    return this.#page({ filter, limit, total });
  }

  async next(nextPage: string, options?: ApiCallOptions): Promise<EventPage> {
    options?.signal?.throwIfAborted();
    return this.#page(await readPageToken(pageTokenOf(nextPage)));
  }

  async countBy(
    countable: EventCountable,
    query: EventCountQuery,
    options?: ApiCallOptions,
  ): Promise<EventCount[]> {
    options?.signal?.throwIfAborted();
    switch (countable) {
      case "day":
        return this.#countByTime({ filter: query.filter });
      case "time":
        return this.#countByTime(query);
      case "event":
        return this.#tally("event", query.filter);
      case "resource":
        return this.#tally("resource_id", query.filter);
      default:
        throw new InvalidRequestError(
          `Events cannot be counted by ${String(countable)}. Use one of ${EVENT_COUNTABLES.join(", ")}.`,
        );
    }
  }

  async #page(question: Omit<EventPageToken, "after"> & Partial<EventPageToken>): Promise<EventPage> {
    const { filter, limit, total, after } = question;
    const found = await this.#context.store.events.list({
      where: eventMatches(filter),
      direction: filter?.order === "ASC" ? "asc" : "desc",
      after,
      isDistinct: isDistinct(filter),
      limit: limit + 1,
    });
    const events = found.slice(0, limit);
    const last = events.at(-1);
    const isEnd = last === undefined || found.length <= limit;
    return {
      events,
      total,
      next_page: isEnd
        ? null
        : writePageToken({ filter, limit, total, after: { occurred: last.occurred, id: last.id } }),
    };
  }

  async #countByTime(query: EventCountQuery): Promise<EventCount[]> {
    const now = this.#context.now();
    const range = bucketRange(query, now);
    const { origin, seconds } = range;
    const where = eventMatches({ ...query.filter, occurred: spanOf(query.filter, now) });
    return bucketCounts(range, await this.#context.store.events.countByTime({ where, origin, seconds }));
  }

  async #tally(by: "event" | "resource_id", filter: EventFilter): Promise<EventCount[]> {
    const where = eventMatches(filter);
    const tallies = await this.#context.store.events.tally({ where, by, limit: MAX_TALLIES });
    const names =
      by === "event" ? new Map<string, string>() : await this.#names(tallies.map(({ value }) => value));
    return tallies.map(({ value, count, first, last }) => ({
      value,
      label: names.get(value) ?? value,
      count,
      start_time: first,
      end_time: last,
    }));
  }

  /** Resource → what it was called last. */
  async #names(resourceIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const newest = await this.#context.store.events.list({
      where: { type: "one-of", member: "resource_id", values: resourceIds },
      direction: "desc",
      isDistinct: true,
      limit: resourceIds.length,
    });
    const names = new Map<string, string>();
    for (const { resource } of newest) {
      const name = resource["prefect.resource.name"] ?? resource["prefect.name"];
      if (name !== undefined) names.set(resource["prefect.resource.id"] ?? "", name);
    }
    return names;
  }
}

function toEvent(event: EventCreate, received: string): Event {
  return {
    id: event.id,
    occurred: canonicalTimestamp(event.occurred),
    event: event.event,
    resource: event.resource,
    related: event.related ?? [],
    payload: event.payload ?? {},
    follows: event.follows ?? null,
    received,
  };
}
