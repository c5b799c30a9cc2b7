/** Brings the files of one commit to a directory, without history. */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type GitCall, GitCommandError, runGit } from "./run-git.ts";

export interface CheckOutOptions {
  readonly url: string;
  readonly commit: string;
  /** All that is wanted; empty for everything. */
  readonly directory: string;
  readonly includeSubmodules: boolean;
  /** Whether contents are wanted that Git LFS keeps. */
  readonly lfs: boolean;
}

/** Fills `target`, which is made; nothing of git itself is left in it. */
export async function checkOut(
  target: string,
  options: CheckOutOptions,
  call: Omit<GitCall, "directory">,
): Promise<void> {
  const { url, directory, includeSubmodules, lfs } = options;
  await mkdir(target, { recursive: true });
  const filters = lfs ? LFS_FILTERS : {};
  const configuration = { ...call.access.configuration, ...filters };
  const git = (...args: readonly string[]): Promise<string> =>
    runGit(args, { ...call, directory: target, access: { ...call.access, configuration } });
  await git("init", "--quiet");
  await git("remote", "add", "--", "origin", url);
  if (directory !== "") await git("sparse-checkout", "set", "--cone", "--", directory);
  await fetchCommit(git, options);
  await git("checkout", "--quiet", "--force", "--detach", options.commit);
  if (includeSubmodules) {
    await git("submodule", "--quiet", "update", "--init", "--recursive", "--depth=1", "--", `./${directory}`);
  }
  await removeGitDirectories(target, includeSubmodules);
}

/** With them contents come during the checkout; a repository without LFS does not use them. */
const LFS_FILTERS: Readonly<Record<string, string>> = {
  "filter.lfs.process": "git-lfs filter-process",
  "filter.lfs.smudge": "git-lfs smudge -- %f",
  "filter.lfs.clean": "git-lfs clean -- %f",
  "filter.lfs.required": "true",
};

type Git = (...args: readonly string[]) => Promise<string>;

/** Old servers give only what a branch or tag names; there all of these are fetched. */
async function fetchCommit(git: Git, { commit, directory }: CheckOutOptions): Promise<void> {
  const filter = directory === "" ? [] : ["--filter=blob:none"];
  try {
    await git("fetch", "--quiet", "--depth=1", "--no-tags", ...filter, "origin", commit);
  } catch (error) {
    const isRefused =
      error instanceof GitCommandError && /not our ref|unadvertised object/i.test(error.output);
    if (!isRefused) throw error;
    await git(
      "fetch",
      "--quiet",
      "origin",
      "+refs/heads/*:refs/remotes/origin/*",
      "+refs/tags/*:refs/tags/*",
    );
  }
}

async function removeGitDirectories(target: string, isDeep: boolean): Promise<void> {
  await rm(join(target, ".git"), { recursive: true, force: true });
  if (!isDeep) return;
  for (const entry of await readdir(target, { withFileTypes: true, recursive: true })) {
    if (entry.name === ".git") await rm(join(entry.parentPath, entry.name), { recursive: true, force: true });
  }
}
