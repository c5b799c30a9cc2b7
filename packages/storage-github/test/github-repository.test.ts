import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileExists, listFiles, putDirectory, readText } from "@sluice/core";
import { apiPath, GitHubCredentials } from "@sluice/credentials-github";
import { describeWithServer, type TestServer } from "@sluice-internal/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { GitHubRepository } from "../src/index.ts";
import { SEED, TOKEN } from "./github-server.ts";

type Fields = ConstructorParameters<typeof GitHubRepository>[0];

describeWithServer(
  "github",
  (server) => {
    it("makes a commit of its own words or of ours, by the author who is said", async () => {
      const { open, lastCommit } = await branchOf(server());
      await open().write("reports/a.txt", "one");
      expect(await lastCommit()).toMatchObject({
        message: "Write reports/a.txt",
        author: { name: "Octo Cat" },
      });
      const author = { name: "Ada", email: "ada@acme.example" };
      await open({ commitMessage: "Nightly report", author }).write("reports/a.txt", "two");
      expect(await lastCommit()).toMatchObject({ message: "Nightly report", author });
      await open().delete("reports/a.txt");
      expect((await lastCommit()).message).toBe("Delete reports/a.txt");
    });

    it("puts files that are written at once into one commit", async () => {
      const { open, commits } = await branchOf(server());
      const repository = open();
      const before = await commits();
      const paths = Array.from({ length: 30 }, (_, index) => `many/${index}.txt`);
      await Promise.all(paths.map((path) => repository.write(path, path)));
      const after = await commits();
      expect(after).toHaveLength(before.length + 1);
      expect(after[0]?.message).toContain("Change 30 files\n\nWrite many/0.txt\n");
    });

    it("makes no commit when nothing changes", async () => {
      const { open, commits } = await branchOf(server());
      await open().write("same.txt", "content");
      const before = await commits();
      await open().write("same.txt", "content");
      await open().delete("missing.txt");
      expect(await commits()).toEqual(before);
    });

    it("loses nothing when others write to the branch at the same time", async () => {
      const { open } = await branchOf(server());
      const writers = Array.from({ length: 4 }, () => open());
      await Promise.all(
        writers.flatMap((writer, index) =>
          ["a", "b", "c"].map((name) => writer.write(`writer-${index}/${name}`, name)),
        ),
      );
      const found: string[] = [];
      for await (const { path } of listFiles(open(), { prefix: "writer-" })) found.push(path);
      expect(found).toHaveLength(12);
    });

    it("lets one of several processes create a file", async () => {
      const { open } = await branchOf(server());
      const creations = Array.from({ length: 5 }, (_, index) =>
        open().write("lock", `writer ${index}`, { ifAbsent: true }),
      );
      const ended = await Promise.allSettled(creations);
      expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    it("replaces no directory by a file, nor a file by a directory", async () => {
      const { open } = await branchOf(server());
      const repository = open();
      await repository.write("a/b", "x");
      await expect(repository.write("a", "y")).rejects.toMatchObject({ code: "FILE_SYSTEM" });
      await expect(repository.write("a/b/c", "y")).rejects.toThrow('"a/b" is a file, not a directory');
      const both = await Promise.allSettled([repository.write("c/d", "1"), repository.write("c", "2")]);
      expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
      expect(await readText(repository, "a/b")).toBe("x");
    });

    it("does not make the others fail when one of the changes cannot be", async () => {
      const { open } = await branchOf(server());
      const repository = open();
      const results = await Promise.allSettled([
        repository.write("good.txt", "x"),
        repository.copy("missing.txt", "copy.txt"),
      ]);
      expect(results).toMatchObject([
        { status: "fulfilled" },
        { status: "rejected", reason: { code: "FILE_NOT_FOUND" } },
      ]);
    });

    it("reads a branch, a tag and a commit, and writes to the branch only", async () => {
      const { open, lastCommit, branch, client } = await branchOf(server());
      await open().write("version", "1");
      const { sha } = await lastCommit();
      const path = "/repos/octocat/flows/git/refs";
      await client.send({ method: "POST", path, body: { ref: `refs/tags/of-${branch}`, sha } });
      await open().write("version", "2");
      const tag = open({ reference: `of-${branch}` });
      const commit = open({ reference: sha });
      expect(await Promise.all([open(), tag, commit].map((each) => readText(each, "version")))).toEqual([
        "2",
        "1",
        "1",
      ]);
      expect(commit.capabilities).toMatchObject({ write: false, conditionalCreate: false });
      for (const pinned of [tag, commit]) {
        await expect(pinned.write("version", "3")).rejects.toMatchObject({ code: "UNSUPPORTED_OPERATION" });
      }
    });

    it("has a directory of the repository as its root", async () => {
      const { open } = await branchOf(server());
      await open().write("team/flows/etl.ts", "export {}");
      await open().write("other.txt", "x");
      const team = open({ directory: "/team/flows/" });
      expect(await readText(team, "etl.ts")).toBe("export {}");
      expect((await team.list({ recursive: false })).files.map(({ path }) => path)).toEqual(["etl.ts"]);
      await team.write("load.ts", "");
      expect(await fileExists(open(), "team/flows/load.ts")).toBe(true);
      expect(team.location).toMatch(/^https:\/\/github\.com\/octocat\/flows\/tree\/.+\/team\/flows$/);
    });

    it("brings a tree to a directory, as it is in one commit", async () => {
      const { open } = await branchOf(server());
      const local = await mkdtemp(join(tmpdir(), "github-pull-"));
      onTestFinished(() => rm(local, { recursive: true }));
      await putDirectory(import.meta.dirname, { fileSystem: open(), path: "code" });
      const pulled = await open().pull(local, { path: "code", ignore: ["*.md"] });
      expect(pulled).toContain("github-repository.test.ts");
      expect(await readFile(join(local, "github-server.ts"))).toEqual(
        await readFile(join(import.meta.dirname, "github-server.ts")),
      );
    });

    it("has no files where there is no commit, and says what to do first", async () => {
      const empty = repositoryOf(server(), { repositoryUrl: "https://github.com/octocat/empty" });
      expect((await empty.list()).files).toEqual([]);
      await expect(empty.read("x")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
      await expect(empty.write("x", "y")).rejects.toThrow("Make a first commit");
    });

    it("says that a reference names nothing", async () => {
      const { open } = await branchOf(server());
      const absent = open({ reference: "no-such-branch" });
      await expect(absent.list()).rejects.toMatchObject({
        code: "FILE_SYSTEM",
        message: expect.stringContaining('no branch, tag or commit "no-such-branch"'),
      });
    });
  },
  { seed: SEED },
);

describe("a GitHub repository", () => {
  it.each([
    ["https://github.com/acme/flows", "https://github.com/acme/flows"],
    ["https://github.com/acme/flows.git", "https://github.com/acme/flows"],
    ["git@github.com:acme/flows.git", "https://github.com/acme/flows"],
    ["https://github.acme.com/acme/flows/", "https://github.acme.com/acme/flows"],
  ])("takes the URL %s", (repositoryUrl, location) => {
    expect(new GitHubRepository({ repositoryUrl }).location).toBe(location);
  });

  it.each(["https://token@github.com/acme/flows", "https://github.com/acme", "flows"])(
    "refuses the URL %s",
    (repositoryUrl) => {
      expect(() => new GitHubRepository({ repositoryUrl })).toThrow("without a token in it");
    },
  );

  it("does not send credentials for github.com to another server", () => {
    const credentials = new GitHubCredentials({ token: TOKEN });
    const fields = { repositoryUrl: "https://github.acme.com/acme/flows", credentials };
    expect(() => new GitHubRepository(fields)).toThrow("Give them the baseUrl");
  });
});

function repositoryOf(server: TestServer, fields: Partial<Fields>): GitHubRepository {
  return new GitHubRepository({
    repositoryUrl: "https://github.com/octocat/flows",
    credentials: new GitHubCredentials({ token: TOKEN, baseUrl: server.url }),
    ...fields,
  });
}

const commit = z.object({
  sha: z.string(),
  commit: z.object({ message: z.string(), author: z.object({ name: z.string(), email: z.string() }) }),
});

let branches = 0;

/** A new branch, with a slash in its name, for one test. */
async function branchOf(server: TestServer) {
  const client = new GitHubCredentials({ token: TOKEN, baseUrl: server.url }).client();
  branches += 1;
  const branch = `test/${branches}`;
  const main = await client.call(
    { path: "/repos/octocat/flows/git/ref/heads/main" },
    z.object({ object: z.object({ sha: z.string() }) }),
  );
  const body = { ref: `refs/heads/${branch}`, sha: main.object.sha };
  await client.send({ method: "POST", path: "/repos/octocat/flows/git/refs", body });
  const commits = async () => {
    const list = { path: apiPath`/repos/octocat/flows/commits`, query: { sha: branch, per_page: 100 } };
    return (await client.call(list, z.array(commit))).map((each) => ({ sha: each.sha, ...each.commit }));
  };
  const lastCommit = async () => {
    const [last] = await commits();
    return last ?? expect.unreachable("there is no commit");
  };
  const open = (fields: Partial<Fields> = {}) => repositoryOf(server, { reference: branch, ...fields });
  return { branch, client, commits, lastCommit, open };
}
