/** A server of a test's own, on a free port of this machine. */
import { onTestFinished } from "vitest";
import { type RunningServer, type ServerOptions, startServer } from "../../src/index.ts";
import { temporaryDatabasePath } from "../temporary-database.ts";

export interface TestServer extends RunningServer {
  /** Asks for a path below the API. A body that is no text is sent as JSON. */
  fetch(path: string, request?: TestRequest): Promise<Response>;
  /** The body of the answer, whatever its status. */
  json<T = unknown>(path: string, request?: TestRequest): Promise<T>;
  /** The root of the server. */
  readonly rootUrl: string;
}

export interface TestRequest {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Starts it; it is closed when the test is done. */
export async function startTestServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const databasePath = options.databasePath ?? (await temporaryDatabasePath());
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    stopGraceSeconds: 2,
    hasServices: false,
    ...options,
    databasePath,
  });
  onTestFinished(() => server.close());
  return {
    ...server,
    rootUrl: new URL("/", server.apiUrl).href,
    fetch: (path, request = {}) => ask(`${server.apiUrl}${path}`, request),
    json: async <T>(path: string, request: TestRequest = {}) =>
      (await (await ask(`${server.apiUrl}${path}`, request)).json()) as T,
  };
}

function ask(url: string, { method, body, headers }: TestRequest): Promise<Response> {
  const hasBody = body !== undefined;
  const isText = typeof body === "string" || body instanceof Uint8Array;
  return fetch(url, {
    method: method ?? (hasBody ? "POST" : "GET"),
    redirect: "manual",
    ...(hasBody && { body: isText ? body : JSON.stringify(body) }),
    ...(headers !== undefined && { headers }),
  });
}
