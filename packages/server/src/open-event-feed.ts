/** Opens the feed of events of a history: that of all its servers where several can share it. */
import { type EventFeed, LocalEventFeed, type Store } from "@sluice/orchestration";
import { postgresEventFeed } from "@sluice/store";
import { type DatabaseOptions, databaseLocation } from "./open-store.ts";
import type { ServerLog } from "./server-log.ts";

/** A feed that has to be closed, before its store is. */
export interface OpenedEventFeed extends EventFeed {
  close(): Promise<void>;
}

/** Resolves when the feed tells what the others do. */
export async function openEventFeed(
  options: DatabaseOptions,
  { store, log }: { readonly store: Store; readonly log: ServerLog },
): Promise<OpenedEventFeed> {
  const location = databaseLocation(options);
  if ("url" in location) {
    const onError = (error: unknown) => log("error", "The feed of events met an error", { error });
    return postgresEventFeed({ url: location.url, store, onError });
  }
  const feed = new LocalEventFeed((error) => log("error", "A listener to events failed", { error }));
  return Object.assign(feed, { close: () => Promise.resolve() });
}
