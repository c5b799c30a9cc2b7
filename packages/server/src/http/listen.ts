/** Listens for HTTP on a port, and stops so that what is under way ends by itself. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type ServerType, serve } from "@hono/node-server";
import { InvalidRequestError } from "@sluice/protocol";
import type { Hono } from "hono";

/** A client that takes longer to send the head of a request holds a connection for nothing. */
const HEADERS_TIMEOUT_MS = 20_000;
/** The longest time for a whole request to arrive. */
const REQUEST_TIMEOUT_MS = 120_000;
/** Longer than proxies keep theirs (60 s), so that they never send on a connection that is being closed. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const IDLE_CHECK_MS = 100;

export interface ListenOptions {
  readonly fetch: Hono["fetch"];
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export interface HttpListener {
  readonly server: ServerType;
  /** `http://<host>:<port>`, by which this machine reaches it. */
  readonly url: string;
  /** Takes no new connections, waits for the answers under way, and after `graceSeconds` cuts them off. */
  close(graceSeconds: number): Promise<void>;
}

/** @throws {InvalidRequestError} when the port is taken, or the host is not this machine's. */
export async function listen({ fetch, host, port }: ListenOptions): Promise<HttpListener> {
  const server = serve({
    fetch,
    hostname: host,
    port,
    createServer,
    serverOptions: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", (error: NodeJS.ErrnoException) => reject(toListenError(error, host, port)));
  });
  const address = server.address() as AddressInfo;
  return {
    server,
    url: `http://${reachable(host)}:${address.port}`,
    close: (graceSeconds) => close(server, graceSeconds),
  };
}

async function close(server: Server, graceSeconds: number): Promise<void> {
  // A connection that is kept alive becomes idle when its answer is sent, and would stay.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const cut = setTimeout(() => server.closeAllConnections(), graceSeconds * 1000);
  try {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  } finally {
    clearInterval(idle);
    clearTimeout(cut);
  }
}

/** Addresses that mean "all of this machine's" cannot be called. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

function toListenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const remedy = REMEDIES[error.code ?? ""];
  if (remedy === undefined) return error;
  return new InvalidRequestError(`The server cannot listen on ${host}:${port}: ${remedy}`, {
    cause: error,
    details: { host, port },
  });
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program does. End it, or choose another port.",
  EADDRNOTAVAIL: "this machine does not have that address. Use 127.0.0.1, or 0.0.0.0 for all that it has.",
  EACCES: "this user may not use that port. Choose one above 1023.",
  ENOTFOUND: "there is no such host. Use 127.0.0.1, or 0.0.0.0 for all addresses of this machine.",
};
