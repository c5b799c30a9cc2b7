/** From a reference to the commit that it names at present. */
import { FileSystemError } from "@sluice/core";
import { type GitCall, runGit } from "./run-git.ts";

export interface Reference {
  readonly url: string;
  /** A branch, a tag, a whole ref or a commit; undefined for the branch that the server says. */
  readonly reference: string | undefined;
  readonly location: string;
}

/** Whether a text is the whole id of a commit, of SHA-1 or SHA-256. */
export function isCommitId(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/** @throws {FileSystemError} when it names nothing */
export async function findCommit({ url, reference, location }: Reference, call: GitCall): Promise<string> {
  if (reference !== undefined && isCommitId(reference)) return reference;
  const names = reference === undefined ? ["HEAD"] : namesOf(reference);
  const lines = (await runGit(["ls-remote", "--", url, ...names], call)).split("\n");
  const found = new Map(lines.map((line) => line.split("\t", 2).reverse() as [string, string]));
  for (const name of names) {
    const commit = found.get(name);
    if (commit !== undefined) return commit;
  }
  const what =
    reference === undefined
      ? "the repository is empty. Make a first commit."
      : `there is no branch or tag "${reference}". Correct reference; a commit needs all digits of its id.`;
  throw new FileSystemError(`Cannot read ${location}: ${what}`, { details: { location } });
}

/** The commit of an annotated tag goes before its object. */
function namesOf(reference: string): readonly string[] {
  const tag = `refs/tags/${reference}`;
  return [`refs/heads/${reference}`, `${tag}^{}`, tag, reference];
}
