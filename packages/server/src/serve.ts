/** Starts a server: a composition root, so it names concrete parts. */
import { LocalApi, LocalEventFeed } from "@sluice/orchestration";
import { createApp } from "./http/app.ts";
import { normalBasePath } from "./http/base-path.ts";
import { type HttpListener, listen } from "./http/listen.ts";
import { type DatabaseOptions, openStore } from "./open-store.ts";
import { type ServerLog, silentLog } from "./server-log.ts";

export interface ServerOptions extends DatabaseOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Path below which a reverse proxy gives the server everything, such as `/sluice`; default: none. */
  readonly basePath?: string | undefined;
  /** The Prefect release that clients take this server for; default: the newest it was tested with. */
  readonly prefectVersion?: string | undefined;
  /** How long `close` waits for what is under way; default 30. */
  readonly stopGraceSeconds?: number | undefined;
  /** Default: nobody is told anything. */
  readonly log?: ServerLog | undefined;
}

export interface RunningServer {
  /** Where the API is, such as `http://127.0.0.1:4200/api`. */
  readonly apiUrl: string;
  /** Where the history is, for people; without passwords. */
  readonly location: string;
  /** Ends what is under way, then frees sockets, timers and files. Closing twice is allowed. */
  close(): Promise<void>;
}

/** The newest Prefect whose clients were run against this server. */
export const PREFECT_VERSION = "3.8.4";
const STOP_GRACE_SECONDS = 30;

/**
 * Resolves when the server listens.
 * @throws {HistoryUnavailableError} when the database cannot be used.
 * @throws {InvalidRequestError} when it cannot listen there; it says why and what to do.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { log = silentLog, stopGraceSeconds = STOP_GRACE_SECONDS } = options;
  const basePath = normalBasePath(options.basePath);
  const onUnexpected = (error: unknown): void => log("error", "Unexpected error", { error });
  const store = await openStore(options);
  const api = new LocalApi({ store, feed: new LocalEventFeed(onUnexpected) });
  const app = createApp({
    api,
    basePath,
    prefectVersion: options.prefectVersion ?? PREFECT_VERSION,
    checkDatabase: async () => void (await store.flows.list({ limit: 1 })),
    log,
  });
  let listener: HttpListener;
  try {
    listener = await listen({ fetch: app.fetch, host: options.host, port: options.port });
  } catch (error) {
    await api.close();
    throw error;
  }
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await listener.close(stopGraceSeconds);
    await api.close();
  };
  return {
    apiUrl: `${listener.url}${basePath}/api`,
    location: api.location,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
