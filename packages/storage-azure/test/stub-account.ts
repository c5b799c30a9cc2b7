/** Servers that do what a real account does seldom. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { AzureBlobStorageCredentials } from "@sluice/credentials-azure";
import { onTestFinished } from "vitest";
import { AzureBlobStorageContainer } from "../src/index.ts";
import { WRONG_KEY } from "./containers.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Ends with the test; gives the server's origin. */
export async function startStub(handler: Handler): Promise<string> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    if (server.listening) await once(server.close(), "close");
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Of an account that answers that it is called too often, whatever is asked for. */
export async function busyContainer(): Promise<AzureBlobStorageContainer> {
  const origin = await startStub((asked, response) => {
    asked.resume();
    response.writeHead(503, { "x-ms-error-code": "ServerBusy", "content-type": "application/xml" });
    response.end("<Error><Code>ServerBusy</Code><Message>The server is busy.</Message></Error>");
  });
  const accountUrl = `${origin}/busy`;
  const credentials = new AzureBlobStorageCredentials({ accountUrl, accountKey: WRONG_KEY });
  return new AzureBlobStorageContainer({ containerName: "busy", credentials });
}

/** Cuts the connection after so many bytes of an answer, or refuses with a code of Azure's. */
export type Trouble = { readonly passed: number } | { readonly refusal: string };

/** Passes everything on to `origin`, but for what `trouble` says. */
export function startProxy(
  origin: string,
  trouble: (asked: IncomingMessage) => Trouble | undefined,
): Promise<string> {
  return startStub((asked, response) => {
    const found = trouble(asked);
    if (found !== undefined && "refusal" in found) {
      asked.resume();
      response.writeHead(403, { "x-ms-error-code": found.refusal }).end();
      return;
    }
    const { method, headers, url = "/" } = asked;
    const onward = request(new URL(url, origin), { method, headers }, (answer) =>
      passOn(answer, response, found?.passed),
    );
    onward.on("error", () => response.destroy());
    asked.pipe(onward);
  });
}

function passOn(answer: IncomingMessage, response: ServerResponse, most: number | undefined): void {
  if (most !== 0) response.writeHead(answer.statusCode ?? 502, answer.headers);
  let passed = 0;
  answer.on("data", (chunk: Buffer) => {
    response.write(chunk);
    passed += chunk.length;
    if (most !== undefined && passed >= most) response.destroy();
  });
  answer.on("end", () => (most === undefined ? response.end() : response.destroy()));
}
