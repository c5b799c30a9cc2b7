import { inspect } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { apiPath, GitHubCredentials } from "../src/index.ts";
import { stubApi } from "./stub-api.ts";

const TOKEN = "ghp_a-token-that-nobody-sees";
const user = z.object({ login: z.string() });

function clientOf(baseUrl: string) {
  return new GitHubCredentials({ token: TOKEN, baseUrl }).client();
}

describe("a call of GitHub's API", () => {
  it("says who asks, in which version, and encodes names", async () => {
    const api = await stubApi(({ headers }, response) => {
      response.end(JSON.stringify({ login: `${headers.authorization} ${headers["x-github-api-version"]}` }));
    });
    const path = apiPath`/repos/${"a/b"}/${"c d?"}/${7}`;
    const answer = await clientOf(`${api.url}/`).call({ path, query: { page: 2, left: undefined } }, user);
    expect(answer.login).toBe(`Bearer ${TOKEN} 2022-11-28`);
    expect(api.calls).toEqual(["GET /repos/a%2Fb/c%20d%3F/7?page=2"]);
  });

  it("is tried again when the server fails, unless that may do it twice", async () => {
    const api = await stubApi((request, response, call) => {
      if (call === 1 && request.method === "GET") request.socket.destroy();
      else if (call <= 2) response.writeHead(502).end("<html>Bad gateway</html>");
      else response.end('{"login":"octocat"}');
    });
    expect(await clientOf(api.url).call({ path: "/user" }, user)).toEqual({ login: "octocat" });
    expect(api.calls).toHaveLength(3);
    const failing = await stubApi((_, response) => response.writeHead(502).end("<html>Bad gateway</html>"));
    const creation = clientOf(failing.url).send({ method: "POST", path: "/user/repos", body: {} });
    await expect(creation).rejects.toMatchObject({
      code: "EXTERNAL_SERVICE",
      trouble: "failed",
      status: 502,
    });
    expect(failing.calls).toHaveLength(1);
  });

  it("waits when GitHub says for how long, whatever the method", async () => {
    const api = await stubApi((_, response, call) => {
      if (call === 1) response.writeHead(403, { "retry-after": "0" }).end('{"message":"slow down"}');
      else if (call === 2) {
        const reset = String(Math.floor(Date.now() / 1000));
        response.writeHead(429, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }).end();
      } else response.end('{"login":"octocat"}');
    });
    const call = clientOf(api.url).call({ method: "POST", path: "/user/repos", body: {} }, user);
    expect(await call).toEqual({ login: "octocat" });
    expect(api.calls).toHaveLength(3);
  });

  it("says until when GitHub takes no calls, when that is long", async () => {
    const retryAt = new Date(Math.ceil(Date.now() / 1000 + 1800) * 1000);
    const reset = String(retryAt.getTime() / 1000);
    const api = await stubApi((_, response) =>
      response.writeHead(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }).end("{}"),
    );
    await expect(clientOf(api.url).send({ path: "/user" })).rejects.toMatchObject({
      code: "EXTERNAL_SERVICE",
      trouble: "throttled",
      details: { retryAt },
      message: expect.stringContaining(retryAt.toISOString()),
    });
    expect(api.calls).toHaveLength(1);
  });

  it("stops when it is aborted: before, while it waits, and in the middle of an answer", async () => {
    const api = await stubApi((request, response) => {
      if (request.url === "/limited") response.writeHead(429, { "retry-after": "30" }).end();
      else response.write('{"login":');
    });
    const reason = new Error("no longer wanted");
    const client = clientOf(api.url);
    const aborted = client.send({ path: "/user", signal: AbortSignal.abort(reason) });
    await expect(aborted).rejects.toBe(reason);
    expect(api.calls).toHaveLength(0);
    for (const path of ["/limited", "/stuck"]) {
      const controller = new AbortController();
      const call = client.send({ path, signal: controller.signal });
      await vi.waitFor(() => expect(api.calls).toContain(`GET ${path}`));
      controller.abort(reason);
      await expect(call).rejects.toBe(reason);
    }
  });

  it("goes through the pages of a list, and never to another server", async () => {
    const api = await stubApi((request, response, call) => {
      const next =
        call === 1 ? `http://${request.headers.host}/user/repos?page=2` : "http://127.0.0.1:9/steal";
      response.writeHead(200, { link: `<${next}>; rel="next"` }).end(`["page ${call}"]`);
    });
    const pages: string[] = [];
    const list = { path: "/user/repos", query: { per_page: 1 } };
    for await (const page of clientOf(api.url).pages(list, z.array(z.string()))) pages.push(...page);
    expect(pages).toEqual(["page 1", "page 2"]);
    expect(api.calls).toEqual(["GET /user/repos?per_page=1", "GET /user/repos?page=2"]);
  });

  it("has errors that say what to do, and never the token", async () => {
    const api = await stubApi((request, response) => {
      if (request.url === "/page") response.end("<html>Log in</html>");
      else if (request.url === "/wrong") {
        response.writeHead(422).end('{"message":"Validation failed","errors":["title is missing"]}');
      } else response.writeHead(401).end('{"message":"Bad credentials"}');
    });
    const client = clientOf(api.url);
    const errors = await Promise.all(
      ["/user", "/wrong", "/page"].map((path) =>
        client.call({ path }, user).then(
          () => expect.unreachable(),
          (error: unknown) => error,
        ),
      ),
    );
    expect(errors).toEqual([
      expect.objectContaining({
        code: "CREDENTIALS",
        message: expect.stringContaining("The token of github-credentials is missing, wrong or has expired"),
      }),
      expect.objectContaining({
        trouble: "invalid",
        message: expect.stringContaining("Validation failed; title is missing"),
      }),
      expect.objectContaining({ message: expect.stringContaining("Check baseUrl") }),
    ]);
    expect(inspect(errors, { depth: 10, showHidden: true })).not.toContain(TOKEN);
  });

  it("says that nobody answers", async () => {
    const { url } = await stubApi((request) => request.socket.destroy());
    const call = clientOf(url).send({ method: "POST", path: "/user/repos" });
    await expect(call).rejects.toMatchObject({
      trouble: "unreachable",
      message: expect.stringContaining(new URL(url).origin),
    });
  });
});
