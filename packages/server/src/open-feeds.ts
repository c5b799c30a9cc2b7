/** Opens the feeds of a history: those of all its servers where several can share it. */
import {
  type EventFeed,
  LocalEventFeed,
  LocalLogFeed,
  type LogFeed,
  type Store,
} from "@sluice/orchestration";
import { postgresEventFeed, postgresLogFeed } from "@sluice/store";
import { type DatabaseOptions, databaseLocation } from "./open-store.ts";
import type { ServerLog } from "./server-log.ts";

/** A feed that has to be closed, before its store is. */
export interface OpenedEventFeed extends EventFeed {
  close(): Promise<void>;
}

/** As `OpenedEventFeed`. */
export interface OpenedLogFeed extends LogFeed {
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

/** Resolves when the feed tells what the others do. */
export async function openLogFeed(
  options: DatabaseOptions,
  { store, log }: { readonly store: Store; readonly log: ServerLog },
): Promise<OpenedLogFeed> {
  const location = databaseLocation(options);
  if ("url" in location) {
    const onError = (error: unknown) => log("error", "The feed of log lines met an error", { error });
    return postgresLogFeed({ url: location.url, store, onError });
  }
  const feed = new LocalLogFeed((error) => log("error", "A listener to logs failed", { error }));
  return Object.assign(feed, { close: () => Promise.resolve() });
}
