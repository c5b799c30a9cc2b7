/** Servers that do what the real service does seldom. */
import type { IncomingMessage } from "node:http";
import { passOn, startStubServer } from "@sluice-internal/test-servers";

/** Answers the same to everything. */
export function startRefusing(status: number, reason: string): Promise<string> {
  return startStubServer((asked, response) => {
    asked.resume();
    response.writeHead(status, { "content-type": "application/json" });
    const message = `because of ${reason}`;
    response.end(JSON.stringify({ error: { code: status, message, errors: [{ reason, message }] } }));
  });
}

/** Passes everything on to `origin`; cuts the connection after as many bytes of an answer as `cut` says. */
export function startProxy(
  origin: string,
  cut: (asked: IncomingMessage) => number | undefined,
): Promise<string> {
  return startStubServer((asked, response) => passOn(origin, asked, response, cut(asked)));
}
