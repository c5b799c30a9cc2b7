/** git's own server of the HTTP protocol, `git http-backend`, under a server of Node. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "./find-program.ts";
import type { NoOptions } from "./moto.ts";
import type { ServerDefinition } from "./test-server.ts";

const USERNAME = "x-access-token";

/** Serves the repositories in the directory `GIT_ROOT`; those below `private/` to who has the token. */
export const gitHttp: ServerDefinition<NoOptions> = {
  whyMissing: () => (findProgram("git") === undefined ? "there is no git: install it" : undefined),
  start: async () => {
    const root = await mkdtemp(join(tmpdir(), "sluice-git-"));
    const token = randomBytes(16).toString("hex");
    const allowed = `Basic ${Buffer.from(`${USERNAME}:${token}`).toString("base64")}`;
    const server = createServer((request, response) => {
      const isPrivate = request.url?.startsWith("/private/") === true;
      if (isPrivate && request.headers.authorization !== allowed) {
        response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end("Who are you?");
      } else runBackend(root, request, response);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const stop = async (): Promise<void> => {
      if (server.listening) {
        server.close();
        server.closeAllConnections();
        await once(server, "close");
      }
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    };
    const env = { GIT_ROOT: root, GIT_USERNAME: USERNAME, GIT_TOKEN: token };
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, env, stop };
  },
};

/** One request by the Common Gateway Interface (RFC 3875). */
function runBackend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? "", "http://server");
  const { headers } = request;
  const backend = spawn("git", ["-c", "uploadpack.allowFilter=true", "http-backend"], {
    env: {
      PATH: process.env["PATH"],
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      REMOTE_ADDR: "127.0.0.1",
      CONTENT_TYPE: headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(headers["git-protocol"] ?? ""),
      ...(headers["content-length"] !== undefined && { CONTENT_LENGTH: headers["content-length"] }),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  // A client that goes away, or a backend that needs no more of a request, breaks the pipe.
  backend.stdin.on("error", () => undefined);
  request.pipe(backend.stdin);
  response.on("close", () => backend.kill());
  backend.on("error", () => response.writeHead(500).end());
  relay(backend.stdout, response).catch((error: unknown) => response.destroy(error as Error));
}

/** The head of the answer is text before an empty line. */
async function relay(output: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of output) {
    if (response.headersSent) {
      if (!response.write(chunk)) await once(response, "drain");
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) continue;
    const lines = head.subarray(0, end).toString().split("\r\n");
    const fields = Object.fromEntries(lines.map((line) => line.split(/:\s*(.*)/, 2) as [string, string]));
    const { Status: status = "200", ...headers } = fields;
    response.writeHead(Number.parseInt(status, 10), headers);
    response.write(head.subarray(end + 4));
  }
  response.end();
}
