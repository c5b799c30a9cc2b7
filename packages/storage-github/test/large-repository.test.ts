/** What GitHub does and its emulator does not: truncated trees, content as it is, refusals of single files. */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { listFiles, readText } from "@sluice/core";
import { GitHubCredentials } from "@sluice/credentials-github";
import { describe, expect, it } from "vitest";
import { GitHubRepository } from "../src/index.ts";
import { serve, TOKEN } from "./github-server.ts";

interface Entry {
  readonly path: string;
  readonly type: "blob" | "tree" | "commit";
  readonly mode: string;
  readonly sha: string;
  readonly size?: number;
}

const file = (path: string, mode = "100644"): Entry => ({
  path,
  type: "blob",
  mode,
  sha: idOf(path),
  size: path.length,
});
const directory = (path: string): Entry => ({ path, type: "tree", mode: "040000", sha: idOf(`${path}/`) });

/** Trees by the name that they are asked for. */
const TREES: Readonly<Record<string, readonly Entry[]>> = {
  [idOf("commit")]: [
    directory("a"),
    file("a.txt"),
    file("a0"),
    { path: "link", type: "blob", mode: "120000", sha: idOf("link"), size: 5 },
    { path: "submodule", type: "commit", mode: "160000", sha: idOf("submodule") },
  ],
  [idOf("a/")]: [directory("b"), file("one"), file("two", "100755")],
  [idOf("b/")]: [file("deep")],
};
const ROOT = idOf("commit");

describe("a large GitHub repository", () => {
  it("is listed directory by directory where GitHub does not tell all at once", async () => {
    const { repository, calls } = await repositoryWith((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://stub");
      const sha = pathname.split("/").at(-1) ?? "";
      const tree = TREES[sha] ?? TREES[ROOT] ?? [];
      const truncated = searchParams.has("recursive") && sha !== idOf("b/");
      response.end(JSON.stringify({ sha, tree: truncated ? tree.slice(0, 1) : tree, truncated }));
    });
    const found: string[] = [];
    for await (const { path } of listFiles(repository, { limit: 2 })) found.push(path);
    expect(found).toEqual(["a.txt", "a/b/deep", "a/one", "a/two", "a0"]);
    // Every directory is asked for once, whatever the pages.
    const told = calls.filter((call) => !call.includes("recursive"));
    expect(new Set(told).size).toBe(told.length);
  });

  it("finds links and submodules to be no files", async () => {
    const { repository } = await repositoryWith((request, response) => {
      const sha = request.url?.split(/[/?]/).at(-1) ?? "";
      response.end(JSON.stringify({ sha, tree: TREES[sha] ?? [], truncated: false }));
    });
    for (const path of ["link", "submodule"]) {
      await expect(repository.stat(path)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    }
  });

  it("has its files read as they come, and the rest not loaded", async () => {
    let sent = 0;
    const { repository } = await repositoryWith((request, response) => {
      if (request.url?.includes("/git/blobs/") === true) {
        expect(request.headers.accept).toBe("application/vnd.github.raw+json");
        response.writeHead(200, { "content-type": "application/vnd.github.raw+json; charset=utf-8" });
        const send = (): void => {
          sent += 1;
          response.write('{"json":true}'.padEnd(64 * 1024), () => {
            if (!response.destroyed) setImmediate(send);
          });
        };
        send();
        return;
      }
      const entry = { ...file("huge.json"), size: 10 ** 12 };
      response.end(JSON.stringify({ sha: ROOT, tree: [entry], truncated: false }));
    });
    const read: Buffer[] = [];
    for await (const chunk of repository.readStream("huge.json", { offset: 2, length: 200_000 })) {
      read.push(Buffer.from(chunk));
    }
    expect(Buffer.concat(read)).toHaveLength(200_000);
    expect(Buffer.concat(read).subarray(0, 11).toString()).toBe('json":true}');
    expect(sent).toBeLessThan(1000);
  });

  it("says that a file was cut off", async () => {
    const { repository } = await repositoryWith((request, response) => {
      if (request.url?.includes("/git/blobs/") === true) {
        response.writeHead(200, { "content-length": "20" }).write("half");
        setImmediate(() => response.destroy());
        return;
      }
      response.end(JSON.stringify({ sha: ROOT, tree: [file("report")], truncated: false }));
    });
    await expect(readText(repository, "report")).rejects.toMatchObject({
      code: "FILE_SYSTEM",
      message: expect.stringContaining('Cannot read "report" in https://github.com/acme/large'),
    });
  });
});

async function repositoryWith(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const calls: string[] = [];
  const baseUrl = await serve((request, response) => {
    calls.push(request.url ?? "");
    answer(request, response);
  });
  const repository = new GitHubRepository({
    repositoryUrl: "https://github.com/acme/large",
    reference: ROOT,
    credentials: new GitHubCredentials({ token: TOKEN, baseUrl }),
  });
  return { repository, calls };
}

function idOf(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
