/** Servers that do what a real account does seldom. */
import type { IncomingMessage } from "node:http";
import { AzureBlobStorageCredentials } from "@sluice/credentials-azure";
import { passOn, startStubServer } from "@sluice-internal/test-servers";
import { AzureBlobStorageContainer } from "../src/index.ts";
import { WRONG_KEY } from "./containers.ts";

/** Of an account that answers that it is called too often, whatever is asked for. */
export async function busyContainer(): Promise<AzureBlobStorageContainer> {
  const origin = await startStubServer((asked, response) => {
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
  return startStubServer((asked, response) => {
    const found = trouble(asked);
    if (found !== undefined && "refusal" in found) {
      asked.resume();
      response.writeHead(403, { "x-ms-error-code": found.refusal }).end();
      return;
    }
    passOn(origin, asked, response, found?.passed);
  });
}
