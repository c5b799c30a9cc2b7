/** Takes connections that become WebSockets, looks after them, and closes them all when the server stops. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import type { ServerLog } from "../server-log.ts";
import { CLOSE } from "./close-codes.ts";
import { type SocketGate, SUB_PROTOCOL, shakeHands } from "./handshake.ts";
import { SocketClosedError, SocketSession } from "./socket-session.ts";

/** What is done with a socket once it is known whose it is; it is closed when that is done. */
export type SocketRoute = (session: SocketSession) => Promise<void>;

export interface SocketServerOptions {
  /** What the sockets of a path are for; undefined when there are none. */
  readonly routeOf: (path: string) => SocketRoute | undefined;
  readonly gate: SocketGate;
  readonly log: ServerLog;
  /** Origins whose pages may open sockets, as for requests; default: `*`, all. Programs have no origin. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Default: 5,000. */
  readonly maxSockets?: number | undefined;
  /** How often peers are asked whether they are there; default 30 s. Those that do not answer in that time are let go. */
  readonly pingIntervalMs?: number | undefined;
}

/** Larger than any event that clients send (1.5 MB). */
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
const PING_INTERVAL_MS = 30_000;
const MAX_SOCKETS = 5000;

export class SocketServer {
  readonly #options: SocketServerOptions;
  readonly #server: WebSocketServer;
  readonly #sessions = new Map<SocketSession, Promise<void>>();
  readonly #pings: NodeJS.Timeout;
  #isStopped = false;

  constructor(options: SocketServerOptions) {
    this.#options = options;
    const settings: ServerOptions & { autoPong: boolean } = {
      noServer: true,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      // Sessions answer pings themselves.
      autoPong: false,
      handleProtocols: (protocols) => (protocols.has(SUB_PROTOCOL) ? SUB_PROTOCOL : false),
    };
    this.#server = new WebSocketServer(settings);
    this.#pings = setInterval(() => this.#checkAll(), options.pingIntervalMs ?? PING_INTERVAL_MS);
  }

  /** How many sockets are open. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Takes a connection that asks to become a WebSocket (`upgrade` of an HTTP server). */
  readonly upgrade = (request: IncomingMessage, connection: Duplex, head: Buffer): void => {
    const [path = ""] = (request.url ?? "").split("?");
    const route = this.#options.routeOf(path);
    const { corsOrigins = ["*"], maxSockets = MAX_SOCKETS } = this.#options;
    const { origin } = request.headers;
    const isForeign = origin !== undefined && !corsOrigins.includes("*") && !corsOrigins.includes(origin);
    if (route === undefined) refuse(connection, "404 Not Found");
    else if (isForeign) refuse(connection, "403 Forbidden");
    else if (this.#isStopped || this.size >= maxSockets) refuse(connection, "503 Service Unavailable");
    else this.#server.handleUpgrade(request, connection, head, (socket) => this.#open(socket, route));
  };

  /** Closes every socket, when what it sent before is kept. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#pings);
    const open = [...this.#sessions];
    for (const [session] of open) void session.close(CLOSE.goingAway, "The server is stopping.");
    await Promise.all(open.map(([, served]) => served));
  }

  #open(socket: WebSocket, route: SocketRoute): void {
    const session = new SocketSession(socket);
    const served = this.#serve(session, socket.protocol, route).finally(() => this.#sessions.delete(session));
    this.#sessions.set(session, served);
  }

  /** Never rejects. */
  async #serve(session: SocketSession, protocol: string, route: SocketRoute): Promise<void> {
    try {
      if (await shakeHands(session, protocol, this.#options.gate)) await route(session);
    } catch (error) {
      if (error instanceof SocketClosedError) return;
      this.#options.log("error", "A socket failed", { error });
      await session.close(CLOSE.internalError, "The server failed. Try again.");
    }
  }

  #checkAll(): void {
    for (const session of this.#sessions.keys()) if (!session.checkAlive()) session.terminate();
  }
}

function refuse(connection: Duplex, status: string): void {
  connection.on("error", () => undefined);
  connection.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
