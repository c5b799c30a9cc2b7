/** A receiver of webhooks, for services that have no emulator. */
import type { IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { startTroubledServer, type Trouble, type TroubledServer } from "./troubled-server.ts";

export interface ReceivedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver extends TroubledServer {
  /** The requests that met no trouble, in their order. */
  readonly received: readonly ReceivedRequest[];
}

/** Keeps requests, and answers them as the service does. */
export async function startReceiver(answer: Trouble = { status: 200 }): Promise<Receiver> {
  const received: ReceivedRequest[] = [];
  const server = await startTroubledServer((request, response) => {
    const { method = "", url: path = "", headers } = request;
    text(request).then(
      (body) => {
        received.push({ method, path, headers, body });
        response.writeHead(answer.status, answer.headers).end(answer.body);
      },
      () => response.destroy(),
    );
  });
  return { ...server, received };
}
