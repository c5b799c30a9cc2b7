/** Between a client and a server: makes the calls fail that it is told to. */
import { once } from "node:events";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { type HttpServer, startHttpServer } from "@sluice-internal/test-servers";
import { afterAll, beforeAll } from "vitest";

/** Deals with a call in place of the server; gives false to let it through. */
export type Fault = (
  call: IncomingMessage,
  answer: ServerResponse,
  forward: () => Promise<IncomingMessage>,
) => boolean | Promise<boolean>;

export interface FaultyProxy extends HttpServer {
  /** Asked for each call, until it is replaced. */
  fault: Fault;
}

export async function faultyProxy(target: string): Promise<FaultyProxy> {
  const server = await startHttpServer((call, answer) => {
    const forward = (): Promise<IncomingMessage> => forwarded(call, target);
    handle(proxy.fault, { call, answer, forward }).catch((error: unknown) => answer.destroy(error as Error));
  });
  const proxy: FaultyProxy = { ...server, fault: () => false };
  return proxy;
}

/** As S3 tells of errors. */
export function refuse(
  answer: ServerResponse,
  status: number,
  code: string,
  message: string = "Said by the test",
): true {
  answer.writeHead(status, { "content-type": "application/xml" });
  answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  return true;
}

/** Servers that refuse every call of the tests in their way; gives their URLs. */
export function refusingServers<Kind extends string>(
  refusals: Readonly<Record<Kind, readonly [status: number, code: string]>>,
): (kind: Kind) => string {
  const proxies = new Map<string, FaultyProxy>();
  beforeAll(async () => {
    for (const [kind, [status, code]] of Object.entries<readonly [number, string]>(refusals)) {
      const proxy = await faultyProxy("http://127.0.0.1:1");
      proxy.fault = (_, answer) => refuse(answer, status, code);
      proxies.set(kind, proxy);
    }
  });
  afterAll(() => Promise.all([...proxies.values()].map((proxy) => proxy.stop())));
  return (kind) => proxies.get(kind)?.url ?? "";
}

interface Handled {
  readonly call: IncomingMessage;
  readonly answer: ServerResponse;
  readonly forward: () => Promise<IncomingMessage>;
}

async function handle(fault: Fault, { call, answer, forward }: Handled): Promise<void> {
  if (await fault(call, answer, forward)) {
    call.resume();
    return;
  }
  const response = await forward();
  answer.writeHead(response.statusCode ?? 500, response.headers);
  response.pipe(answer);
}

async function forwarded(call: IncomingMessage, target: string): Promise<IncomingMessage> {
  const { method, headers, url } = call;
  const outgoing = request(new URL(target), { method, headers, path: url });
  call.pipe(outgoing);
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  return response;
}
