/** What GitHub has in tests, and servers that refuse. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export const TOKEN = "ghp_token-of-octocat";

export const SEED = {
  tokens: { [TOKEN]: { login: "octocat", scopes: ["repo"] } },
  github: {
    users: [{ login: "octocat", name: "Octo Cat", email: "octo@cat.example" }],
    repos: [
      { owner: "octocat", name: "flows", auto_init: true },
      { owner: "octocat", name: "secret", private: true, auto_init: true },
      { owner: "octocat", name: "empty", auto_init: false },
    ],
  },
};

/** URLs of servers that are there until the test ends. */
export const refusingServers = {
  throttled: (): Promise<string> => {
    const reset = String(Math.floor(Date.now() / 1000) + 3600);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    return serve((_, response) =>
      response.writeHead(403, headers).end('{"message":"API rate limit exceeded"}'),
    );
  },
  unreachable: (): Promise<string> => serve((request) => request.socket.destroy()),
};

export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
