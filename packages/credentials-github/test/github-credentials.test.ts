import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { describeWithServer } from "@sluice-internal/test-servers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { GitHubCredentials } from "../src/index.ts";
import { stubApi } from "./stub-api.ts";

const privateKey = newKey();
const app = { appId: 12345, installationId: 100, privateKey };
const repository = z.object({ full_name: z.string() });
const secretRepository = { path: "/repos/octocat/secret" };

describeWithServer(
  "github",
  (server) => {
    it("let in with a token", async () => {
      const credentials = new GitHubCredentials({ token: "token-of-octocat", baseUrl: server().url });
      expect(await credentials.client().call(secretRepository, repository)).toEqual({
        full_name: "octocat/secret",
      });
      expect((await credentials.currentToken())?.reveal()).toBe("token-of-octocat");
    });

    it("let in with a GitHub App, whose token is asked for once", async () => {
      const credentials = new GitHubCredentials({ ...app, baseUrl: server().url });
      const answers = await Promise.all(
        [1, 2, 3].map(() => credentials.client().call(secretRepository, repository)),
      );
      expect(new Set(answers.map(({ full_name }) => full_name))).toEqual(new Set(["octocat/secret"]));
      const tokens = await Promise.all([credentials.currentToken(), credentials.currentToken()]);
      expect(tokens[0]?.reveal()).toMatch(/^ghs_/);
      expect(tokens[0]).toBe(tokens[1]);
    });

    it("take a key with its line ends written as backslash and n", async () => {
      const escaped = privateKey.replaceAll("\n", "\\n");
      const credentials = new GitHubCredentials({ ...app, privateKey: escaped, baseUrl: server().url });
      expect((await credentials.currentToken())?.reveal()).toMatch(/^ghs_/);
    });

    it("say when the App's key is another one, or none", async () => {
      for (const [wrong, message] of [
        [newKey(), "github-credentials"],
        ["no key at all", "privateKey of github-credentials is no private key"],
      ] as const) {
        const credentials = new GitHubCredentials({ ...app, privateKey: wrong, baseUrl: server().url });
        const error = await credentials.client().call(secretRepository, repository).catch(String);
        expect(error).toContain(message);
        expect(error).not.toContain(wrong.split("\n")[1] ?? wrong);
        await expect(credentials.currentToken()).rejects.toMatchObject({ code: "CREDENTIALS" });
      }
    });
  },
  {
    seed: {
      tokens: { "token-of-octocat": { login: "octocat", scopes: ["repo"] } },
      github: {
        users: [{ login: "octocat" }],
        repos: [{ owner: "octocat", name: "secret", private: true, auto_init: true }],
        apps: [
          {
            app_id: app.appId,
            slug: "flows",
            name: "Flows",
            private_key: privateKey,
            permissions: { contents: "write", metadata: "read" },
            installations: [{ installation_id: app.installationId, account: "octocat" }],
          },
        ],
      },
    },
  },
);

describe("credentials for GitHub", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("are a token or the whole of an App, and need be neither", () => {
    expect(() => new GitHubCredentials({ ...app, token: "x" })).toThrow("not both");
    expect(() => new GitHubCredentials({ appId: 1 })).toThrow("all of appId, privateKey and installationId");
    expect(new GitHubCredentials().baseUrl).toBe("https://api.github.com");
  });

  it("do not show what is secret", () => {
    const shown = inspect(new GitHubCredentials({ ...app }), { depth: 5 });
    expect(shown).toContain("12345");
    expect(shown).not.toContain(privateKey.split("\n")[1]);
  });

  it("renew the token of an App before it ends, and when GitHub refuses it", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    let refused = "";
    let given = 0;
    const api = await stubApi(({ method, headers }, response) => {
      if (method === "POST") {
        given += 1;
        const expires_at = new Date(Date.now() + 3_600_000).toISOString();
        response.end(JSON.stringify({ token: `ghs_${given}`, expires_at }));
      } else if (headers.authorization === `Bearer ${refused}`) response.writeHead(401).end("{}");
      else response.end(JSON.stringify({ full_name: headers.authorization }));
    });
    const credentials = new GitHubCredentials({ ...app, baseUrl: api.url });
    const client = credentials.client();
    const call = async () => (await client.call(secretRepository, repository)).full_name;
    expect(await call()).toBe("Bearer ghs_1");
    expect(await call()).toBe("Bearer ghs_1");
    vi.setSystemTime(Date.now() + 3_400_000);
    expect(await call()).toBe("Bearer ghs_2");
    refused = "ghs_2";
    expect(await call()).toBe("Bearer ghs_3");
  });
});

function newKey(): string {
  const { privateKey: key } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return key.export({ type: "pkcs1", format: "pem" }).toString();
}
