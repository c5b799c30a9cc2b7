/** Writes changes to a branch: one commit on its end, made anew when somebody else was faster. */
import { setTimeout as delay } from "node:timers/promises";
import { FileSystemError, UnsupportedOperationError } from "@sluice/core";
import { GitHubError } from "@sluice/credentials-github";
import { type FileChange, planChanges } from "./file-change.ts";
import type { NewCommit, RepositoryApi } from "./repository-api.ts";
import type { RepositoryHead } from "./repository-head.ts";
import type { RepositoryTrees } from "./repository-trees.ts";

/** Others may commit to the branch all the time; each time round one of all writers gets through. */
const MAX_ATTEMPTS = 10;
const LONGEST_PAUSE_MS = 2000;

export interface Committing {
  readonly api: RepositoryApi;
  readonly head: RepositoryHead;
  readonly trees: RepositoryTrees;
  readonly location: string;
  /** Default: what was changed. */
  readonly message: string | undefined;
  /** Default: who the credentials are of. */
  readonly author: NewCommit["author"];
}

/** @returns why changes cannot be, by their place in the list; the others are made */
export async function commitChanges(
  { api, head, trees, location, message, author }: Committing,
  changes: readonly FileChange[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Error>> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const { commit, branch } = await branchEnd(head, location, signal);
    const root = await trees.rootOf(commit, signal);
    const { entries, refusals } = await planChanges(
      changes,
      (path) => trees.find(root, path, signal),
      location,
    );
    if (entries.length === 0) return refusals;
    const tree = await api.createTree(root, entries, signal);
    const commitMessage = message ?? describe(entries);
    const next = await api.createCommit(
      { message: commitMessage, tree: tree.sha, parents: [commit], ...(author !== undefined && { author }) },
      signal,
    );
    try {
      await api.moveBranch(branch, next.sha, signal);
      return refusals;
    } catch (error) {
      if (!isOvertaken(error)) throw error;
      await delay(Math.random() * Math.min(LONGEST_PAUSE_MS, 50 * 2 ** attempt), undefined, { signal });
    }
  }
  throw new FileSystemError(
    `Cannot write to ${location}: others commit to the branch so often that none of ${MAX_ATTEMPTS} attempts came through. Write fewer files at once, or to a branch of your own.`,
    { details: { location } },
  );
}

async function branchEnd(
  head: RepositoryHead,
  location: string,
  signal: AbortSignal,
): Promise<{ readonly commit: string; readonly branch: string }> {
  const found = await head.find(signal);
  if (found === undefined) {
    throw new FileSystemError(
      `Cannot write to ${location}: there is no such branch, or the repository is empty. Make a first commit, such as a README.`,
      { details: { location } },
    );
  }
  if (found.branch === undefined)
    throw new UnsupportedOperationError("writing, since it is no branch", location);
  return { commit: found.commit, branch: found.branch };
}

function isOvertaken(error: unknown): boolean {
  if (!(error instanceof GitHubError)) return false;
  return error.status === 409 || (error.status === 422 && /fast.?forward/i.test(error.message));
}

function describe(entries: readonly { readonly path: string; readonly sha?: string | null }[]): string {
  const lines = entries.map(({ path, sha }) => `${sha === null ? "Delete" : "Write"} ${path}`);
  const [only = ""] = lines;
  return lines.length === 1 ? only : [`Change ${lines.length} files`, "", ...lines].join("\n");
}
