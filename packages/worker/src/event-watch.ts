/** Hears events of a server as they happen, over its socket `/events/out`. */
import { setTimeout as delay } from "node:timers/promises";
import { WebSocket } from "ws";
import { z } from "zod";
import type { Connection } from "./connection.ts";

export interface EventWatchOptions {
  readonly connection: Pick<Connection, "url" | "token">;
  /** Prefixes of names. */
  readonly prefixes: readonly string[];
  readonly onEvent: (event: HeardEvent) => void;
  /** The socket is open (again): what happened before was not heard. */
  readonly onOpen: () => void;
  /** Called once for each time that it goes away. */
  readonly onTrouble: (reason: string) => void;
  readonly signal: AbortSignal;
}

export interface HeardEvent {
  readonly event: string;
  readonly resourceId: string;
  readonly relatedIds: readonly string[];
}

const OPEN_TIMEOUT_MS = 15_000;
const PING_MS = 20_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
const MAX_FRAME_BYTES = 4 * 1024 * 1024;
const YEAR_MS = 365 * 86_400_000;

const resource = z.object({ "prefect.resource.id": z.string() });
const frameSchema = z.object({
  type: z.literal("event"),
  event: z.object({ event: z.string(), resource, related: z.array(resource).default([]) }),
});

/** Goes on, with a new socket whenever one is lost, until the signal aborts. Never rejects. */
export async function watchEvents(options: EventWatchOptions): Promise<void> {
  const { signal } = options;
  for (let tries = 0; !signal.aborted; tries += 1) {
    const heard = await listen(options);
    if (signal.aborted) return;
    if (heard.wasOpen) tries = 0;
    if (tries === 0) options.onTrouble(heard.reason);
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** tries, LAST_RETRY_MS);
    await delay(waitMs * (0.8 + Math.random() * 0.4), undefined, { signal }).catch(() => undefined);
  }
}

/** One socket, from its opening to its end. */
function listen(options: EventWatchOptions): Promise<{ readonly wasOpen: boolean; readonly reason: string }> {
  const { connection, signal } = options;
  const url = `${connection.url.replace(/^http/, "ws")}/events/out`;
  return new Promise((resolve) => {
    const socket = new WebSocket(url, "prefect", {
      handshakeTimeout: OPEN_TIMEOUT_MS,
      maxPayload: MAX_FRAME_BYTES,
    });
    let wasOpen = false;
    let isAnswering = true;
    let reason = "";
    const stop = (): void => socket.terminate();
    const pings = setInterval(() => {
      if (!isAnswering) return stop();
      isAnswering = false;
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, PING_MS);
    signal.addEventListener("abort", stop, { once: true });
    socket.on("open", () => socket.send(JSON.stringify({ type: "auth", token: connection.token })));
    socket.on("pong", () => {
      isAnswering = true;
    });
    socket.on("message", (data) => {
      isAnswering = true;
      const frame = parsed(String(data));
      if (isAuthSuccess(frame)) {
        wasOpen = true;
        socket.send(JSON.stringify({ type: "filter", filter: filterOf(options), backfill: false }));
        options.onOpen();
        return;
      }
      const event = frameSchema.safeParse(frame).data?.event;
      if (event !== undefined) options.onEvent(heardEvent(event));
    });
    socket.on("error", (error) => {
      reason = error.message;
    });
    socket.on("close", (code, text) => {
      clearInterval(pings);
      signal.removeEventListener("abort", stop);
      resolve({ wasOpen, reason: reason || String(text) || `closed with code ${code}` });
    });
  });
}

function filterOf({ prefixes }: EventWatchOptions): object {
  const now = Date.now();
  return {
    id: { id: [] },
    occurred: { since: new Date(now).toISOString(), until: new Date(now + YEAR_MS).toISOString() },
    event: { prefix: prefixes },
  };
}

function heardEvent({ event, resource: about, related }: z.infer<typeof frameSchema>["event"]): HeardEvent {
  return {
    event,
    resourceId: about["prefect.resource.id"],
    relatedIds: related.map((one) => one["prefect.resource.id"]),
  };
}

function isAuthSuccess(frame: unknown): boolean {
  return typeof frame === "object" && frame !== null && "type" in frame && frame.type === "auth_success";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No frame that anybody here understands.
    return undefined;
  }
}
