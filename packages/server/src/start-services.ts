/** Starts the background services without a server: a composition root, so it names concrete parts. */
import { LocalApi, type Store } from "@sluice/orchestration";
import { type OpenedEventFeed, openEventFeed } from "./open-feeds.ts";
import { type DatabaseOptions, openStore } from "./open-store.ts";
import { completeRetention, type Retention } from "./retention.ts";
import { type ServerLog, silentLog } from "./server-log.ts";
import { runServices } from "./services/run-services.ts";
import { serviceTable } from "./services/service-table.ts";

export interface ServicesOptions extends DatabaseOptions {
  /** How long what happened is kept. */
  readonly retention?: Retention | undefined;
  /** Default: nobody is told anything. */
  readonly log?: ServerLog | undefined;
}

export interface RunningServicesProcess {
  /** Where the history is, for people; without passwords. */
  readonly location: string;
  /** Ends the steps under way, then frees timers and the database. Closing twice is allowed. */
  close(): Promise<void>;
}

/**
 * Runs the services of the servers on a history. Several processes may.
 * @throws {HistoryUnavailableError} when the database cannot be used.
 */
export async function startServices(options: ServicesOptions): Promise<RunningServicesProcess> {
  const { log = silentLog, retention } = options;
  const store = await openStore(options);
  const feed = await openFeed(options, store, log);
  const api = new LocalApi({ store, feed });
  await api.blockTypes.installSystemTypes();
  const services = runServices(serviceTable(completeRetention(retention)), { context: api.context, log });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await services.stop();
    await feed.close();
    await api.close();
  };
  return {
    location: api.location,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

async function openFeed(options: DatabaseOptions, store: Store, log: ServerLog): Promise<OpenedEventFeed> {
  try {
    return await openEventFeed(options, { store, log });
  } catch (error) {
    await store.close();
    throw error;
  }
}
