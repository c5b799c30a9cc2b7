/** A server that answers as a test says, and notes what it was asked. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpClient, type HttpClientOptions } from "../../../src/api/http/http-client.ts";
import type { Clock } from "../../../src/runtime/clock.ts";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly text?: string;
}

/** `undefined` never answers. */
export type Script = (request: SeenRequest, count: number) => ScriptedAnswer | "hang up" | undefined;

export interface ScriptedServer {
  readonly url: string;
  readonly requests: SeenRequest[];
}

/** Runs `body` with a server on a free port of the loopback interface. */
export async function withServer(
  script: Script,
  body: (server: ScriptedServer) => Promise<void>,
): Promise<void> {
  const requests: SeenRequest[] = [];
  const server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on("data", (chunk: Buffer) => chunks.push(chunk));
    message.on("end", () => {
      const request = {
        method: message.method ?? "",
        path: (message.url ?? "").replace(/^\/api/, ""),
        headers: message.headers,
        body: Buffer.concat(chunks).toString(),
      };
      requests.push(request);
      answer(response, script(request, requests.length));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await body({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`, requests });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function answer(response: ServerResponse, scripted: ReturnType<Script>): void {
  if (scripted === undefined) return;
  if (scripted === "hang up") {
    response.destroy();
    return;
  }
  const { status = 200, headers = {}, body, text } = scripted;
  response.writeHead(status, headers);
  response.end(text ?? (body === undefined ? undefined : JSON.stringify(body)));
}

/** A clock whose sleeps are noted and end at once. */
export function quickClock(): Clock & { readonly sleeps: number[] } {
  const sleeps: number[] = [];
  return {
    sleeps,
    nowUs: () => Date.now() * 1000,
    async sleep(ms, signal) {
      sleeps.push(ms);
      signal?.throwIfAborted();
    },
    startTimer: () => () => undefined,
  };
}

/** A client without jitter whose waits end at once. */
export function clientOf(url: string, options: Partial<HttpClientOptions> = {}): HttpClient {
  return new HttpClient({
    url,
    timeoutMs: 10_000,
    maxRetries: 5,
    clock: quickClock(),
    random: () => 0.5,
    ...options,
  });
}
