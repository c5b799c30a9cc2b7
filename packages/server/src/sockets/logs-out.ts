/** `/logs/out`: the log lines that match a filter, from a while ago and from now on. */
import { type LogFeed, logPredicate, logQuery, type Store } from "@sluice/orchestration";
import type { Log, LogFilter } from "@sluice/protocol";
import { logFilterSchema } from "@sluice/protocol/schemas";
import { LiveReader } from "../live/live-reader.ts";
import { laterOf } from "./backfill-time.ts";
import { readFilter } from "./read-filter.ts";
import type { SocketSession } from "./socket-session.ts";

const PAGE = 200;

/** Resolves when the socket is closed. */
export async function giveLogs(session: SocketSession, store: Store, feed: LogFeed): Promise<void> {
  const asked = await readFilter(session, logFilterSchema);
  if (asked === undefined) return;
  const filter: LogFilter = {
    ...asked.filter,
    timestamp: {
      ...asked.filter.timestamp,
      after_: laterOf(asked.filter.timestamp?.after_, Date.now()),
    },
  };
  let offset = 0;
  const reader = new LiveReader<Log>(session, {
    feed,
    matches: logPredicate(filter),
    page: async () => {
      const lines = await store.logs.list(
        logQuery({ logs: filter, sort: "TIMESTAMP_ASC", limit: PAGE, offset }),
      );
      offset += lines.length;
      return lines;
    },
    idOf: (log) => log.id,
    frameOf: (log) => JSON.stringify({ type: "log", log }),
  });
  await reader.run(asked);
}
