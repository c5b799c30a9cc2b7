/** HTTP servers in the process of the test that make trouble when they are told to. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

export interface Trouble {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

export interface TroubledServer {
  /** Its origin. */
  readonly url: string;
  /** Each of these answers one request, in turn, in the place of what the server does; `stall` is no answer. */
  readonly troubles: (Trouble | "stall")[];
  /** How many requests there were. */
  requests(): number;
  /** Stopping twice is allowed. */
  stop(): Promise<void>;
}

/** Does `handle` with each request that meets no trouble. */
export async function startTroubledServer(handle: RequestListener): Promise<TroubledServer> {
  const troubles: (Trouble | "stall")[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const trouble = troubles.shift();
    if (trouble === undefined) handle(request, response);
    else if (trouble !== "stall") response.writeHead(trouble.status, trouble.headers).end(trouble.body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${port}`, troubles, requests: () => requests, stop };
}
