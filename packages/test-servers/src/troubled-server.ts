/** HTTP servers in the process of the test that make trouble when they are told to. */
import type { RequestListener } from "node:http";
import { type HttpServer, startHttpServer } from "./http-server.ts";

export interface Trouble {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

export interface TroubledServer extends HttpServer {
  /** Each of these answers one request, in turn, in the place of what the server does; `stall` is no answer. */
  readonly troubles: (Trouble | "stall")[];
  /** How many requests there were. */
  requests(): number;
}

/** Does `handle` with each request that meets no trouble. */
export async function startTroubledServer(handle: RequestListener): Promise<TroubledServer> {
  const troubles: (Trouble | "stall")[] = [];
  let requests = 0;
  const server = await startHttpServer((request, response) => {
    requests += 1;
    const trouble = troubles.shift();
    if (trouble === undefined) handle(request, response);
    else if (trouble !== "stall") response.writeHead(trouble.status, trouble.headers).end(trouble.body);
  });
  return { ...server, troubles, requests: () => requests };
}
