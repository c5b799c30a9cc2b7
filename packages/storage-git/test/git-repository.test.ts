import { once } from "node:events";
import { chmod, lstat, readdir, readFile, symlink } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { currentSettings, readText } from "@sluice/core";
import { GitHubCredentials } from "@sluice/credentials-github";
import { describeWithServer, findProgram } from "@sluice-internal/test-servers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { GitCredentials, GitRepository } from "../src/index.ts";
import { GitRemote, git, temporaryDirectory } from "./git-remote.ts";
import "./own-home.ts";

// Each starts git several times.
vi.setConfig({ testTimeout: 60_000 });

type Fields = ConstructorParameters<typeof GitRepository>[0];

async function remoteWith(files: Readonly<Record<string, string>>): Promise<GitRemote> {
  const remote = await GitRemote.create(join(await temporaryDirectory(), "remote.git"), files);
  onTestFinished(() => remote.remove());
  return remote;
}

function repositoryAt(remote: GitRemote, fields: Partial<Fields> = {}): GitRepository {
  return new GitRepository({ url: pathToFileURL(remote.path).href, ...fields });
}

describe("a git repository", () => {
  it("is read at its branch, another branch, a tag and a commit", async () => {
    const remote = await remoteWith({ version: "1" });
    const first = await remote.git("rev-parse", "HEAD");
    await remote.git("tag", "--annotate", "--message=One", "v1");
    await remote.git("push", "--quiet", "origin", "v1", "HEAD:refs/heads/team/old");
    await remote.commit({ version: "2" });
    const versionAt = (reference?: string) => readText(repositoryAt(remote, { reference }), "version");
    expect(await versionAt()).toBe("2");
    expect(await versionAt("main")).toBe("2");
    expect(await versionAt("team/old")).toBe("1");
    expect(await versionAt("v1")).toBe("1");
    expect(await versionAt(first)).toBe("1");
    await expect(versionAt("v3")).rejects.toMatchObject({
      code: "FILE_SYSTEM",
      message: expect.stringContaining('no branch or tag "v3"'),
    });
  });

  it("shows the newest commit to who pulls, and to readers later", async () => {
    const remote = await remoteWith({ version: "1" });
    const repository = repositoryAt(remote);
    expect(await readText(repository, "version")).toBe("1");
    await remote.commit({ version: "2" });
    expect(await readText(repository, "version")).toBe("1");
    const local = await temporaryDirectory();
    await repository.pull(local);
    expect(await readFile(join(local, "version"), "utf8")).toBe("2");
    expect(await readText(repository, "version")).toBe("2");
  });

  it("brings modes and links with the files, and nothing of git", async () => {
    const remote = await remoteWith({ "bin/run.sh": "#!/bin/sh", "src/flow.ts": "export {}" });
    await chmod(join(remote.work, "bin/run.sh"), 0o755);
    await symlink("../src", join(remote.work, "bin/code"));
    await remote.record();
    const local = await temporaryDirectory();
    await repositoryAt(remote).pull(local);
    expect((await readdir(local)).sort()).toEqual(["bin", "src"]);
    expect((await lstat(join(local, "bin/run.sh"))).mode & 0o111).not.toBe(0);
    expect((await lstat(join(local, "bin/code"))).isSymbolicLink()).toBe(true);
    await repositoryAt(remote).pull(join(local, "part"), { path: "src/" });
    expect(await readdir(join(local, "part"))).toEqual(["flow.ts"]);
  });

  it("has a directory as its root, and says when the commit does not have it", async () => {
    const remote = await remoteWith({ "team/etl/flow.ts": "x", "other/big": "y", top: "z" });
    const team = repositoryAt(remote, { directory: "/team/etl/" });
    expect((await team.list()).files).toEqual([{ path: "flow.ts", size: 1 }]);
    expect(team.location).toMatch(/^file:.+\/remote\.git#HEAD:team\/etl$/);
    const absent = repositoryAt(remote, { directory: "nowhere" });
    await expect(absent.read("flow.ts")).rejects.toThrow("the commit does not have the directory it names");
    await expect(team.pull(await temporaryDirectory(), { path: "none" })).rejects.toThrow(
      'a directory "none"',
    );
  });

  it("is loaded once for all that read it, and kept for the next ones", async () => {
    const remote = await remoteWith({ a: "1", b: "2" });
    const reference = await remote.git("rev-parse", "HEAD");
    const repository = repositoryAt(remote, { reference });
    expect(await Promise.all(["a", "b", "a"].map((path) => readText(repository, path)))).toEqual([
      "1",
      "2",
      "1",
    ]);
    const kept = (await readdir(join(currentSettings().home, "git"))).filter((name) =>
      name.endsWith(reference),
    );
    expect(kept).toHaveLength(1);
    await remote.remove();
    expect(await readText(repositoryAt(remote, { reference }), "b")).toBe("2");
  });

  it.skipIf(findProgram("git-lfs") === undefined)(
    "has the contents that Git LFS keeps, or their pointers",
    async () => {
      const remote = await remoteWith({ readme: "x" });
      await remote.git("lfs", "install", "--local");
      await remote.git("lfs", "track", "*.bin");
      await remote.commit({ "model.bin": "a large model" });
      expect(await readText(repositoryAt(remote), "model.bin")).toBe("a large model");
      expect(await readText(repositoryAt(remote, { lfs: false }), "model.bin")).toMatch(
        /^version https:\/\/git-lfs\.github\.com/,
      );
    },
  );

  it("says that it is empty", async () => {
    const path = await temporaryDirectory();
    await git(path, "init", "--quiet", "--bare");
    const empty = new GitRepository({ url: pathToFileURL(path).href });
    await expect(empty.list()).rejects.toThrow("the repository is empty. Make a first commit");
  });

  it("says that there is no repository", async () => {
    const absent = new GitRepository({
      url: pathToFileURL(join(await temporaryDirectory(), "none.git")).href,
    });
    await expect(absent.list()).rejects.toMatchObject({
      code: "FILE_SYSTEM",
      message: expect.stringContaining("There is no such repository"),
    });
  });

  it("gives up on a server that does not answer, and when it is aborted", async () => {
    const server = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/flows.git`;
    await expect(new GitRepository({ url, timeoutSeconds: 0.5 }).list()).rejects.toMatchObject({
      code: "FILE_SYSTEM",
      message: expect.stringContaining("longer timeoutSeconds"),
    });
    const controller = new AbortController();
    const asked = once(server, "request");
    const list = new GitRepository({ url }).list({ signal: controller.signal });
    const [request] = (await asked) as [IncomingMessage];
    const gone = once(request.socket, "close");
    controller.abort(new Error("stopped"));
    await expect(list).rejects.toThrow("stopped");
    // git itself has ended too.
    await gone;
  });

  it.each([
    "https://token@github.com/acme/flows",
    "https://user:password@git.acme.com/flows",
    "ext::sh -c whoami",
    "--upload-pack=whoami",
    "/srv/git/flows.git",
    "ssh://-oProxyCommand=whoami/x",
  ])("refuses the URL %s", (url) => {
    expect(() => new GitRepository({ url })).toThrow("url");
  });

  it("refuses references that git would take for something else", () => {
    for (const reference of ["--upload-pack=x", "main:other", "a b", "HEAD^"]) {
      expect(() => new GitRepository({ url: "https://github.com/acme/flows", reference })).toThrow(
        "reference",
      );
    }
  });

  it("does not send credentials for GitHub to another server", () => {
    const credentials = new GitHubCredentials({ token: "ghp_token" });
    expect(() => new GitRepository({ url: "https://git.acme.com/flows", credentials })).toThrow(
      "another server",
    );
    const repository = new GitRepository({
      url: "https://github.com/acme/flows",
      reference: "main",
      credentials,
    });
    expect(repository.location).toBe("https://github.com/acme/flows#main");
    expect(new GitRepository({ url: "git@git.acme.com:data/flows.git" }).location).toBe(
      "ssh://git@git.acme.com/data/flows.git",
    );
  });
});

describeWithServer("git-http", (server) => {
  let library: GitRemote;
  let flows: GitRemote;
  beforeAll(async () => {
    const { url, env } = server();
    const root = env["GIT_ROOT"] ?? "";
    library = await GitRemote.create(join(root, "private/library.git"), { "index.ts": "export {}" });
    flows = await GitRemote.create(join(root, "private/flows.git"), {
      "flow.ts": "x",
      "team/a": "1",
      "big/b": "2",
    });
    await flows.git("config", "protocol.file.allow", "always");
    await flows.git(
      "-c",
      "protocol.file.allow=always",
      "submodule",
      "--quiet",
      "add",
      library.path,
      "library",
    );
    await flows.git("config", "--file", ".gitmodules", "submodule.library.url", `${url}/private/library.git`);
    await flows.record();
  });
  afterAll(async () => {
    await library.remove();
    await flows.remove();
  });

  const repository = (fields: Partial<Fields> = {}) =>
    new GitRepository({
      url: `${server().url}/private/flows.git`,
      credentials: new GitHubCredentials({ token: server().env["GIT_TOKEN"], baseUrl: server().url }),
      ...fields,
    });

  it("lets in with the token of GitHub credentials", async () => {
    expect(await readText(repository(), "flow.ts")).toBe("x");
  });

  it("has the files of submodules when they are wanted, with the same credentials", async () => {
    expect((await repository().list({ prefix: "library/" })).files).toEqual([]);
    const whole = repository({ includeSubmodules: true });
    expect(await readText(whole, "library/index.ts")).toBe("export {}");
    const paths = (await whole.list()).files.map(({ path }) => path);
    expect(paths.filter((path) => path.includes(".git/") || path.endsWith("/.git"))).toEqual([]);
  });

  it("loads nothing but the directory that is wanted", async () => {
    const part = repository({ directory: "team" });
    expect((await part.list()).files.map(({ path }) => path)).toEqual(["a"]);
    const root = join(currentSettings().home, "git");
    const checkouts = await Promise.all((await readdir(root)).map((name) => readdir(join(root, name))));
    expect(checkouts).toContainEqual(expect.not.arrayContaining(["big"]));
  });

  it("leaves the token nowhere", async () => {
    const token = server().env["GIT_TOKEN"] ?? "";
    const local = await temporaryDirectory();
    await repository().pull(local);
    const paths = await readdir(local, { recursive: true, withFileTypes: true });
    for (const entry of paths.filter((each) => each.isFile())) {
      expect(await readFile(join(entry.parentPath, entry.name), "utf8")).not.toContain(token);
    }
    const wrong = repository({
      credentials: new GitCredentials({ token: "a-wrong-token" }),
      url: `${server().url}/private/flows.git`,
    });
    const message = await wrong.list().then(() => expect.unreachable(), String);
    expect(message).toContain("Check credentials");
    expect(message).not.toContain("a-wrong-token");
  });
});

describeWithServer("sshd", (server) => {
  const repository = async (credentials: ConstructorParameters<typeof GitCredentials>[0]) => {
    const path = join(server().env["SSH_ROOT"] ?? "", `${crypto.randomUUID()}.git`);
    const remote = await GitRemote.create(path, { "flow.ts": "over ssh" });
    onTestFinished(() => remote.remove());
    return new GitRepository({ url: `${server().url}${path}`, credentials: new GitCredentials(credentials) });
  };
  const access = () => ({
    privateKey: server().env["SSH_PRIVATE_KEY"] ?? "",
    knownHosts: server().env["SSH_KNOWN_HOSTS"],
  });

  it("lets in with a private key", async () => {
    expect(await readText(await repository(access()), "flow.ts")).toBe("over ssh");
    const escaped = { ...access(), privateKey: access().privateKey.trim().replaceAll("\n", "\\n") };
    expect(await readText(await repository(escaped), "flow.ts")).toBe("over ssh");
  });

  it("does not go on when the server's key is another one, or unknown", async () => {
    const otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE7wMXgqPX0Qm0gkH8cGkK0Hj8l0o0m0Yb0Yx0Xv0Z0a";
    const knownHosts = access().knownHosts?.replace(/ssh-ed25519 \S+/, otherKey);
    const refusal = { code: "FILE_ACCESS_DENIED", message: expect.stringContaining("knownHosts") };
    await expect((await repository({ ...access(), knownHosts })).list()).rejects.toMatchObject(refusal);
    const unknown = await repository({ ...access(), knownHosts: `elsewhere.example ${otherKey}` });
    await expect(unknown.list()).rejects.toMatchObject(refusal);
  });

  it("says that a key is wrong or none, and does not show it", async () => {
    const broken = access().privateKey.replace(/[A-Za-z0-9]{10}\n/, "AAAAAAAAAA\n");
    for (const privateKey of [broken, "no key at all"]) {
      const error = await (await repository({ ...access(), privateKey }))
        .list()
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "FILE_ACCESS_DENIED" });
      expect(String(error)).not.toContain(privateKey.split("\n")[1] ?? privateKey);
    }
  });
});
