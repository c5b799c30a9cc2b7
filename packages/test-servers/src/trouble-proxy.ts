/** Trouble in front of a server that has none by itself: answers of another kind, or no answer. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Trouble {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

export interface TroubleProxy {
  /** The origin in the place of the server's. */
  readonly url: string;
  /** Each of these answers one request, in turn, in the place of the server; `stall` is no answer. */
  readonly troubles: (Trouble | "stall")[];
  /** How many requests there were. */
  requests(): number;
  stop(): Promise<void>;
}

/** Passes requests on to the server at `origin`, as long as there is no trouble. */
export async function startTroubleProxy(origin: string): Promise<TroubleProxy> {
  const troubles: (Trouble | "stall")[] = [];
  let requests = 0;
  const proxy = createServer((incoming, response) => {
    requests += 1;
    const trouble = troubles.shift();
    if (trouble === undefined) passOn(new URL(incoming.url ?? "/", origin), incoming, response);
    else if (trouble !== "stall") response.writeHead(trouble.status, trouble.headers).end(trouble.body);
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    if (!proxy.listening) return;
    proxy.close();
    proxy.closeAllConnections();
    await once(proxy, "close");
  };
  return { url: `http://127.0.0.1:${port}`, troubles, requests: () => requests, stop };
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
