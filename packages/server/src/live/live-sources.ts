/** What readers of the live stream get: changes that events and log lines tell, those they missed first. */
import type { Condition, EventFeed, LogFeed, Store, StoredEvent } from "@sluice/orchestration";
import type { Event, Log } from "@sluice/protocol";
import { messageFrame } from "./event-stream.ts";
import type { LiveSource } from "./live-reader.ts";
import { changeOfEvent, changeOfLog, eventPrefixes, type LiveTopic } from "./live-topic.ts";
import { messageId, type ResumePoint } from "./resume-point.ts";

const PAGE = 500;
/** A reader that missed more than this is quicker with everything anew. */
const MAX_MISSED = 20_000;

/** The reader missed more than is told again. */
export class TooMuchMissedError extends Error {
  constructor() {
    super("More happened meanwhile than is told again.");
    this.name = new.target.name;
  }
}

export interface LiveSourceOptions {
  readonly store: Store;
  readonly topics: readonly LiveTopic[];
  /** Absent for readers who are new. */
  readonly since?: ResumePoint | undefined;
}

export function eventSource(feed: EventFeed, options: LiveSourceOptions): LiveSource<Event> {
  const { store, topics, since } = options;
  const changes = (event: Event) =>
    topics.map((topic) => changeOfEvent(topic, event)).filter((change) => change !== undefined);
  const matches = (event: Event) => changes(event).length > 0;
  let last: Event | undefined;
  let missed = 0;
  return {
    feed,
    matches,
    idOf: (event) => event.id,
    frameOf: (event) =>
      changes(event)
        .map((change) => messageFrame(messageId(event.received), change))
        .join(""),
    page: async () => {
      if (since === undefined || eventPrefixes(topics).length === 0) return [];
      for (;;) {
        const page = await store.events.list({
          where: mayBeNew(topics, since),
          direction: "asc",
          after: last,
          limit: PAGE,
        });
        last = page.at(-1);
        missed += page.length;
        if (missed > MAX_MISSED) throw new TooMuchMissedError();
        const found = page.filter((event) => event.received >= since.receivedSince && matches(event));
        if (found.length > 0 || page.length < PAGE) return found;
      }
    },
  };
}

export function logSource(feed: LogFeed, options: LiveSourceOptions): LiveSource<Log> {
  const { store, topics, since } = options;
  const changes = (log: Log) =>
    topics.map((topic) => changeOfLog(topic, log)).filter((change) => change !== undefined);
  const flowRunIds = topics.flatMap(({ kind, id }) => (kind === "logs" && id !== undefined ? [id] : []));
  let offset = 0;
  return {
    feed,
    matches: (log) => changes(log).length > 0,
    idOf: (log) => log.id,
    frameOf: (log) =>
      changes(log)
        .map((change) => messageFrame(messageId(log.created), change))
        .join(""),
    page: async () => {
      if (since === undefined || flowRunIds.length === 0) return [];
      for (;;) {
        const page = await store.logs.list({
          where: {
            type: "all",
            conditions: [
              { type: "one-of", member: "flow_run_id", values: flowRunIds },
              { type: "at-least", member: "timestamp", value: since.occurredSince },
            ],
          },
          orderBy: [{ member: "timestamp", direction: "asc" }],
          limit: PAGE,
          offset,
        });
        offset += page.length;
        if (offset > MAX_MISSED) throw new TooMuchMissedError();
        const found = page.filter((log) => log.created >= since.receivedSince);
        if (found.length > 0 || page.length < PAGE) return found;
      }
    },
  };
}

function mayBeNew(topics: readonly LiveTopic[], since: ResumePoint): Condition<StoredEvent> {
  return {
    type: "all",
    conditions: [
      { type: "at-least", member: "occurred", value: since.occurredSince },
      { type: "starts-with", member: "event", prefixes: eventPrefixes(topics) },
    ],
  };
}
