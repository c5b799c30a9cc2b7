/** A server that answers as a test says, for what the emulator of GitHub cannot be made to do. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface StubApi {
  readonly url: string;
  /** What was asked, such as `GET /user`. */
  readonly calls: readonly string[];
}

/** Runs until the test ends. */
export async function stubApi(
  answer: (request: IncomingMessage, response: ServerResponse, call: number) => void,
): Promise<StubApi> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    answer(request, response, calls.length);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
}
