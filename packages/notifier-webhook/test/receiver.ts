/** A receiver of webhooks that checks signatures with a library which is not ours. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { SignedWebhook } from "../src/index.ts";

export const SIGNING_SECRET = `whsec_${Buffer.from("a secret of two dozen bytes, and more").toString("base64")}`;

export interface ReceivedMessage {
  readonly id: string;
  readonly headers: IncomingMessage["headers"];
  readonly payload: { readonly type: string; readonly timestamp: string; readonly data: unknown };
}

export interface Receiver {
  readonly url: string;
  readonly block: SignedWebhook;
  /** What was taken, each message once. */
  readonly messages: readonly ReceivedMessage[];
  /** How many requests there were. */
  requests(): number;
  /** What the next requests are answered with; `stall` is no answer at all. */
  readonly answers: (number | "stall")[];
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const messages: ReceivedMessage[] = [];
  const answers: (number | "stall")[] = [];
  let requests = 0;
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    requests += 1;
    const answer = answers.shift() ?? 204;
    if (answer === "stall") return;
    if (answer < 300) take(messages, request, body);
    finish(request, response, answer);
  };
  const server = createServer((request, response) => {
    receive(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/hooks/s3cr3t-path`;
  return {
    url,
    block: new SignedWebhook({ url, signingSecret: SIGNING_SECRET, allowPrivateUrls: true }),
    messages,
    requests: () => requests,
    answers,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** @throws when the message is not signed as it should be. */
function take(messages: ReceivedMessage[], { headers }: IncomingMessage, body: string): void {
  const payload = new Webhook(SIGNING_SECRET).verify(body, headers as Record<string, string>);
  const id = String(headers["webhook-id"]);
  if (messages.some((message) => message.id === id)) return;
  messages.push({ id, headers, payload: payload as ReceivedMessage["payload"] });
}

/** Says the path again when it refuses, as some servers do. */
function finish(request: IncomingMessage, response: ServerResponse, status: number): void {
  response.writeHead(status, { "retry-after": "0.05" }).end(status < 300 ? "" : `Cannot POST ${request.url}`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks = await request.toArray();
  return Buffer.concat(chunks).toString();
}
