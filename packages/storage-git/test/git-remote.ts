/** Repositories that tests clone from. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";

const run = promisify(execFile);

const IDENTITY = [
  "-c",
  "user.name=Ada",
  "-c",
  "user.email=ada@acme.example",
  "-c",
  "init.defaultBranch=main",
];

/** Runs git as a user would, without this machine's configuration. */
export async function git(directory: string, ...args: readonly string[]): Promise<string> {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" };
  return (await run("git", [...IDENTITY, ...args], { cwd: directory, env })).stdout.trim();
}

/** A bare repository at `path`, and a directory to commit to it from. */
export class GitRemote {
  readonly path: string;
  readonly #work: string;

  private constructor(path: string, work: string) {
    this.path = path;
    this.#work = work;
  }

  /** With one commit that has the files. */
  static async create(
    path: string,
    files: Readonly<Record<string, string | Uint8Array>>,
  ): Promise<GitRemote> {
    const work = await mkdtemp(join(tmpdir(), "git-work-"));
    await mkdir(path, { recursive: true });
    await git(path, "init", "--quiet", "--bare");
    await git(work, "init", "--quiet");
    await git(work, "remote", "add", "origin", path);
    const remote = new GitRemote(path, work);
    await remote.commit(files);
    return remote;
  }

  /** Commits the files and gives the id of the commit. */
  async commit(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.#work, name)), { recursive: true });
      await writeFile(join(this.#work, name), content);
    }
    return this.record();
  }

  /** Commits what is in the directory. */
  async record(): Promise<string> {
    await git(this.#work, "add", "--all");
    await git(this.#work, "commit", "--quiet", "--message", "Change");
    await git(this.#work, "push", "--quiet", "origin", "HEAD");
    return this.git("rev-parse", "HEAD");
  }

  git(...args: readonly string[]): Promise<string> {
    return git(this.#work, ...args);
  }

  get work(): string {
    return this.#work;
  }

  async remove(): Promise<void> {
    await rm(this.#work, { recursive: true, force: true });
    await rm(this.path, { recursive: true, force: true });
  }
}

/** A directory that is there until the test ends. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "git-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
