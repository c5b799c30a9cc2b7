/** Trouble in front of a server that has none by itself: answers of another kind, or no answer. */
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { startTroubledServer, type TroubledServer } from "./troubled-server.ts";

/** Passes requests on to the server at `origin`, as long as there is no trouble. */
export function startTroubleProxy(origin: string): Promise<TroubledServer> {
  return startTroubledServer((incoming, response) => {
    passOn(new URL(incoming.url ?? "/", origin), incoming, response);
  });
}

function passOn(url: URL, incoming: IncomingMessage, response: ServerResponse): void {
  const { method, headers } = incoming;
  const outgoing = request(url, { method, headers: { ...headers, host: url.host } }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  outgoing.on("error", () => response.destroy());
  incoming.pipe(outgoing);
}
