/** A client of sockets of a test's server. */
import { once } from "node:events";
import { type EventCreate, newId } from "@sluice/protocol";
import { expect, onTestFinished, vi } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import type { TestServer } from "../http/test-server.ts";

export interface TestSocket {
  readonly socket: WebSocket;
  /** Frames that came, parsed. */
  readonly frames: Record<string, unknown>[];
  /** Code and reason with which the server closed it. */
  readonly closed: Promise<readonly [code: number, reason: string]>;
  send(frame: unknown): void;
  /** Resolves when the server has answered a ping. */
  ping(): Promise<void>;
}

/** Connects; it is closed when the test is done. */
export async function connect(
  server: Pick<TestServer, "apiUrl">,
  path: string,
  options: { readonly protocol?: string | undefined; readonly client?: ClientOptions } = {
    protocol: "prefect",
  },
): Promise<TestSocket> {
  const url = `${server.apiUrl.replace("http", "ws")}${path}`;
  const socket = new WebSocket(url, options.protocol === undefined ? [] : [options.protocol], options.client);
  onTestFinished(() => socket.terminate());
  const frames: Record<string, unknown>[] = [];
  socket.on("message", (data) => frames.push(JSON.parse(String(data))));
  const closed = once(socket, "close").then(([code, reason]) => [Number(code), String(reason)] as const);
  await once(socket, "open");
  return {
    socket,
    frames,
    closed,
    send: (frame) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame)),
    ping: async () => {
      socket.ping();
      await once(socket, "pong");
    },
  };
}

/** Connects and says who it is. */
export async function connectAs(
  server: Pick<TestServer, "apiUrl">,
  path: string,
  token: string | null = null,
): Promise<TestSocket> {
  const socket = await connect(server, path);
  socket.send({ type: "auth", token });
  await vi.waitFor(() => expect(socket.frames).toEqual([{ type: "auth_success" }]));
  socket.frames.length = 0;
  return socket;
}

/** An event of a resource of its own. */
export function makeEvent(members: Partial<EventCreate> = {}): EventCreate {
  return {
    id: newId(),
    occurred: new Date().toISOString(),
    event: "test.happened",
    resource: { "prefect.resource.id": `test.${newId()}` },
    related: [],
    payload: {},
    ...members,
  };
}
