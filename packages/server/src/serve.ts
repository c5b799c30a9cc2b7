/** Starts a server: a composition root, so it names concrete parts. */
import { LocalApi, type Store } from "@sluice/orchestration";
import { ApiKeys } from "./auth/api-keys.ts";
import { csrfKey } from "./auth/csrf.ts";
import { Gate } from "./auth/gate.ts";
import { keysOf, openSealer } from "./encryption/open-sealer.ts";
import { checkSealingKey } from "./encryption/sealing-key-entry.ts";
import { createApp } from "./http/app.ts";
import { normalBasePath } from "./http/base-path.ts";
import { type HttpListener, listen } from "./http/listen.ts";
import { LiveStreams } from "./live/live-streams.ts";
import { gauge } from "./metrics/gauge.ts";
import { ServerMetrics } from "./metrics/server-metrics.ts";
import { type OpenedEventFeed, type OpenedLogFeed, openEventFeed, openLogFeed } from "./open-feeds.ts";
import { isShared, openStore } from "./open-store.ts";
import { type CompleteOptions, type ServerOptions, withDefaults } from "./server-options.ts";
import { runServices } from "./services/run-services.ts";
import { serviceTable } from "./services/service-table.ts";
import { shownSettings } from "./shown-settings.ts";
import { socketRoutes } from "./sockets/socket-routes.ts";
import { SocketServer } from "./sockets/socket-server.ts";
import { claimSqliteFile } from "./sqlite-claim.ts";

export interface RunningServer {
  /** Where the API is, such as `http://127.0.0.1:4200/api`. */
  readonly apiUrl: string;
  /** Where the history is, for people; without passwords. */
  readonly location: string;
  /** Whether anybody who reaches the server may use it. */
  readonly isOpenToAll: boolean;
  /** Ends what is under way, then frees sockets, timers and files. Closing twice is allowed. */
  close(): Promise<void>;
}

/**
 * Resolves when the server listens.
 * @throws {HistoryUnavailableError} when the database cannot be used.
 * @throws {ConflictError} when another process serves the SQLite file.
 * @throws {EncryptionKeyError} when the key for secrets is not usable, or not that of the other servers on the database.
 * @throws {InvalidRequestError} when it cannot listen there; it says why and what to do.
 */
export async function startServer(given: ServerOptions): Promise<RunningServer> {
  const options = { ...withDefaults(given), basePath: normalBasePath(given.basePath) };
  const store = await openStore(options);
  let unclaim = async (): Promise<void> => undefined;
  let feed: OpenedEventFeed | undefined;
  let logFeed: OpenedLogFeed | undefined;
  try {
    if (!isShared(options)) unclaim = await claimSqliteFile(store);
    feed = await openEventFeed(options, { store, log: options.log });
    logFeed = await openLogFeed(options, { store, log: options.log });
    return await serveStore({ store, feed, logFeed, unclaim }, options);
  } catch (error) {
    await logFeed?.close();
    await feed?.close();
    await unclaim();
    await store.close();
    throw error;
  }
}

/** What a server serves. */
interface ServedHistory {
  readonly store: Store;
  readonly feed: OpenedEventFeed;
  readonly logFeed: OpenedLogFeed;
  readonly unclaim: () => Promise<void>;
}

async function serveStore(
  { store, feed, logFeed, unclaim }: ServedHistory,
  options: CompleteOptions & { readonly basePath: string },
): Promise<RunningServer> {
  const { basePath, log, host, port } = options;
  const keys = keysOf(options);
  await checkSealingKey(store, keys, { isShared: isShared(options), log });
  const api = new LocalApi({ store, feed, logFeed, sealer: openSealer(keys) });
  if (options.hasServices) await api.blockTypes.installSystemTypes();
  const live = new LiveStreams({ store, feed, logFeed, log });
  const metrics = new ServerMetrics(store);
  const gate = new Gate({ authString: options.authString, apiKeys: new ApiKeys(store) });
  const app = createApp({
    ...options,
    api,
    live,
    gate,
    csrfKey: options.hasCsrfProtection ? await csrfKey(store) : undefined,
    settings: shownSettings(options, api.location),
    checkDatabase: async () => void (await store.flows.list({ limit: 1 })),
    onAnswered: (request) => metrics.countRequest(request),
    readMetrics: () => metrics.text(),
  });
  const isOpenToAll = await gate.isOpen();
  let listener: HttpListener;
  try {
    listener = await listen({ fetch: app.fetch, host, port });
  } catch (error) {
    metrics.stop();
    throw error;
  }
  const apiPath = `${basePath}/api`;
  const sockets = new SocketServer({
    routeOf: socketRoutes({ api, context: api.context, store, feed, logFeed, log, apiPath }),
    gate,
    log,
    corsOrigins: options.corsOrigins,
  });
  metrics.add(
    gauge("sluice_sockets", "WebSockets that are open", () => sockets.size),
    gauge("sluice_live_streams", "Readers of the live stream", () => live.size),
    gauge("sluice_events_waiting", "Events that wait to be written", () => api.waitingEvents),
  );
  listener.server.on("upgrade", sockets.upgrade);
  const services = options.hasServices
    ? runServices(serviceTable(options.retention), {
        context: api.context,
        log,
        onRun: (run) => metrics.countServiceRun(run),
      })
    : undefined;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    live.stop();
    await Promise.all([sockets.stop(), listener.close(options.stopGraceSeconds)]);
    await services?.stop();
    metrics.stop();
    await unclaim();
    await logFeed.close();
    await feed.close();
    await api.close();
  };
  return {
    apiUrl: `${listener.url}${basePath}/api`,
    location: api.location,
    isOpenToAll,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
