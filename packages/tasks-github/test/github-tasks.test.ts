import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flow, temporarySettings } from "@sluice/core";
import { GitHubCredentials } from "@sluice/credentials-github";
import { describeWithServer, type TestServer } from "@sluice-internal/test-servers";
import { afterEach, describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import {
  commentOnGitHubIssue,
  createGitHubIssue,
  createGitHubPullRequest,
  dispatchGitHubWorkflow,
  type GitHubIssue,
  listGitHubIssues,
  mergeGitHubPullRequest,
  updateGitHubIssue,
} from "../src/index.ts";

// Every test makes a history, and the first one loads everything.
vi.setConfig({ testTimeout: 30_000 });

const TOKEN = "ghp_token-of-octocat";
const repository = "octocat/flows";

afterEach(() => {
  vi.unstubAllEnvs();
});

describeWithServer(
  "github",
  (server) => {
    it("open an issue, comment on it and close it, in a flow that submits them", async () => {
      const credentials = credentialsFor(server());
      const report = flow({ name: "report" }, async () => {
        const opened = createGitHubIssue.submit(credentials, {
          repository,
          title: "No trips",
          labels: ["data"],
        });
        const comment = await commentOnGitHubIssue.submit(credentials, opened, "Still none");
        const closed = await updateGitHubIssue(credentials, await opened, { state: "closed" });
        expectTypeOf(closed).toEqualTypeOf<GitHubIssue>();
        return { closed, comment };
      });
      const { closed, comment } = await inMemory(() => report());
      expect(closed).toMatchObject({
        title: "No trips",
        state: "closed",
        author: "octocat",
        labels: ["data"],
      });
      expect(closed.createdAt).toBeInstanceOf(Date);
      expect(comment.url).toContain(String(closed.number));
    });

    it("list issues of all pages, up to a limit, without pull requests", async () => {
      const credentials = credentialsFor(server());
      const filled = flow({ name: "filled" }, async () => {
        const titles = Array.from({ length: 103 }, (_, index) => ({
          repository: "octocat/many",
          title: `Issue ${index}`,
        }));
        for (const issue of titles) await createGitHubIssue(credentials, issue);
        const list = (limit?: number) => listGitHubIssues(credentials, { repository: "octocat/many", limit });
        return { all: (await list()).length, some: (await list(5)).length };
      });
      expect(await inMemory(() => filled())).toEqual({ all: 103, some: 5 });
    }, 60_000);

    it("open a pull request and merge it, if nobody added to it", async () => {
      const credentials = credentialsFor(server());
      await changesOn(credentials, "feature");
      const release = flow({ name: "release" }, async () => {
        const changes = { repository, title: "A feature", head: "feature", base: "main" };
        const opened = await createGitHubPullRequest(credentials, changes);
        const state = await mergeGitHubPullRequest.returnState(credentials, opened, {
          headCommit: "0".repeat(40),
        });
        const merged = await mergeGitHubPullRequest(credentials, opened, { headCommit: opened.headCommit });
        return { refused: state.isFailed(), merged };
      });
      expect(await inMemory(() => release())).toEqual({
        refused: true,
        merged: { commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
      });
    });

    it("fail with what GitHub says, and what to do", async () => {
      const credentials = credentialsFor(server());
      const workflow = { repository, workflow: "missing.yml", ref: "main" };
      await expect(inMemory(() => one(() => dispatchGitHubWorkflow(credentials, workflow)))).rejects.toThrow(
        /refused POST \/repos\/octocat\/flows\/actions\/workflows\/missing\.yml\/dispatches with 404.+Check the names/,
      );
      const nowhere = () => createGitHubIssue(credentials, { repository: "flows", title: "x" });
      await expect(inMemory(() => one(nowhere))).rejects.toThrow("Write its owner and its name");
    });

    it("take credentials by the name of their block", async () => {
      const data = JSON.stringify({ token: TOKEN, base_url: server().url });
      vi.stubEnv("SLUICE_BLOCK_GITHUB_CREDENTIALS__BOT", data);
      const issue = await inMemory(() =>
        one(() => createGitHubIssue("bot", { repository, title: "By name" })),
      );
      expect(issue).toMatchObject({ title: "By name", state: "open" });
    });
  },
  {
    seed: {
      tokens: { [TOKEN]: { login: "octocat", scopes: ["repo"] } },
      github: {
        users: [{ login: "octocat" }],
        repos: ["flows", "many"].map((name) => ({ owner: "octocat", name, auto_init: true })),
      },
    },
  },
);

describe("tasks for GitHub", () => {
  it("start a workflow with what it asks for, and end with their run", async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      if (request.url?.includes("/stuck") === true) return;
      request.on("data", (chunk: Buffer) => bodies.push(`${request.url} ${chunk.toString()}`));
      request.on("end", () => response.writeHead(204).end());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = new GitHubCredentials({ token: TOKEN, baseUrl: url });
    const dispatch = { repository, workflow: "release.yml", ref: "v2", inputs: { dry: true } };
    await inMemory(() => one(() => dispatchGitHubWorkflow(credentials, dispatch)));
    expect(bodies).toEqual([
      '/repos/octocat/flows/actions/workflows/release.yml/dispatches {"ref":"v2","inputs":{"dry":true}}',
    ]);
    const short = dispatchGitHubWorkflow.withOptions({ timeoutSeconds: 0.2 });
    const stuck = { ...dispatch, workflow: "stuck" };
    await expect(inMemory(() => one(() => short(credentials, stuck)))).rejects.toMatchObject({
      code: "TIMED_OUT",
    });
  });
});

/** A flow with one call. */
function one<T>(work: () => Promise<T>): Promise<T> {
  return flow({ name: "one" }, work)() as Promise<T>;
}

/** Runs flows with a history of their own in memory. */
function inMemory<T>(work: () => Promise<T>): Promise<T> {
  const home = join(tmpdir(), `sluice-tasks-github-${randomUUID()}`);
  return temporarySettings({ home, "history.mode": "memory", "logging.to_terminal": false }, work);
}

function credentialsFor({ url }: TestServer): GitHubCredentials {
  return new GitHubCredentials({ token: TOKEN, baseUrl: url });
}

/** A branch with a file that the main one does not have. */
async function changesOn(credentials: GitHubCredentials, branch: string): Promise<void> {
  const path = `/repos/${repository}/contents/feature.txt`;
  const client = credentials.client();
  const { z } = await import("zod");
  const main = await client.call(
    { path: `/repos/${repository}/git/ref/heads/main` },
    z.object({ object: z.object({ sha: z.string() }) }),
  );
  const body = { ref: `refs/heads/${branch}`, sha: main.object.sha };
  await client.send({ method: "POST", path: `/repos/${repository}/git/refs`, body });
  await client.send({ method: "PUT", path, body: { branch, message: "Add", content: "eA==" } });
}
