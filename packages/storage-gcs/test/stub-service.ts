/** Servers that do what the real service does seldom. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** Ends with the test; gives the server's origin. */
export async function startStub(
  handler: (asked: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    if (server.listening) await once(server.close(), "close");
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers the same to everything. */
export function startRefusing(status: number, reason: string): Promise<string> {
  return startStub((asked, response) => {
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
  return startStub((asked, response) => {
    const most = cut(asked);
    const { method, url = "/" } = asked;
    const target = new URL(url, origin);
    const headers = { ...asked.headers, host: target.host };
    const onward = request(target, { method, headers }, (answer) => {
      const { location } = answer.headers;
      const here = location?.replace(origin, `http://${asked.headers.host}`);
      const passedOn = { ...answer.headers, ...(here !== undefined && { location: here }) };
      if (most !== 0) response.writeHead(answer.statusCode ?? 502, passedOn);
      let passed = 0;
      answer.on("data", (chunk: Buffer) => {
        response.write(chunk);
        passed += chunk.length;
        if (most !== undefined && passed >= most) response.destroy();
      });
      answer.on("end", () => (most === undefined ? response.end() : response.destroy()));
    });
    onward.on("error", () => response.destroy());
    asked.pipe(onward);
  });
}
