/** Starts a server: a composition root, so it names concrete parts. */
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { LocalApi, LocalEventFeed } from "@sluice/orchestration";
import { sqliteStore } from "@sluice/store";
import { createApp } from "./http/app.ts";

export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** The SQLite file of the history. */
  readonly databasePath: string;
  /** Told of errors that are not a client's. */
  readonly onUnexpected: (error: unknown) => void;
}

export interface RunningServer {
  /** Where the API is, such as `http://127.0.0.1:4200/api`. */
  readonly apiUrl: string;
  /** Ends what is under way, then frees sockets, timers and files. Closing twice is allowed. */
  close(): Promise<void>;
}

/** Resolves when the server listens. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, port, databasePath, onUnexpected } = options;
  const feed = new LocalEventFeed(onUnexpected);
  const api = new LocalApi({ store: await sqliteStore({ path: databasePath }), feed });
  const app = createApp({ api, onUnexpected });
  const server = serve({ fetch: app.fetch, hostname: host, port });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  });
  const { port: actualPort } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ("closeIdleConnections" in server) server.closeIdleConnections();
    });
    await api.close();
  };
  return {
    apiUrl: `http://${host}:${actualPort}/api`,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
