/** `/events/out`: the events that match a filter, from a while ago and from now on. */
import { type EventFeed, eventMatches, eventPredicate, type Store } from "@sluice/orchestration";
import type { Event, EventFilter } from "@sluice/protocol";
import { eventFilterSchema } from "@sluice/protocol/schemas";
import { LiveReader } from "../live/live-reader.ts";
import { laterOf } from "./backfill-time.ts";
import { readFilter } from "./read-filter.ts";
import type { SocketSession } from "./socket-session.ts";

const PAGE = 250;

/** A frame is the same for all readers of an event. */
const frames = new WeakMap<Event, string>();

/** Resolves when the socket is closed. */
export async function giveEvents(session: SocketSession, store: Store, feed: EventFeed): Promise<void> {
  const asked = await readFilter(session, eventFilterSchema);
  if (asked === undefined) return;
  const filter: EventFilter = {
    ...asked.filter,
    occurred: { ...asked.filter.occurred, since: laterOf(asked.filter.occurred?.since, Date.now()) },
  };
  const where = eventMatches(filter);
  const reader = new LiveReader<Event>(session, {
    feed,
    matches: eventPredicate(filter),
    page: (last) => store.events.list({ where, direction: "asc", after: last, limit: PAGE }),
    idOf: (event) => event.id,
    frameOf,
  });
  await reader.run(asked);
}

function frameOf(event: Event): string {
  const known = frames.get(event);
  if (known !== undefined) return known;
  const frame = JSON.stringify({ type: "event", event });
  frames.set(event, frame);
  return frame;
}
