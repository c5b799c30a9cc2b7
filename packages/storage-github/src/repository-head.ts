/** From what a block calls its reference to a commit. */
import { GitHubError } from "@sluice/credentials-github";
import type { RepositoryApi } from "./repository-api.ts";

/** A commit, and the branch that it is the end of, if the reference is one. */
export interface Head {
  readonly commit: string;
  readonly branch?: string | undefined;
}

/** Finds the commit anew each time, since branches move; what kind of reference it is, once. */
export class RepositoryHead {
  readonly #api: RepositoryApi;
  readonly #reference: string | undefined;
  #branch: string | undefined;

  constructor(api: RepositoryApi, reference: string | undefined) {
    this.#api = api;
    this.#reference = reference;
  }

  /** Undefined when the reference names nothing; also for the branch of a repository without a commit. */
  async find(signal: AbortSignal | undefined): Promise<Head | undefined> {
    if (this.#reference !== undefined && isCommitId(this.#reference)) return { commit: this.#reference };
    const branch = this.#branch ?? this.#reference ?? (await this.#api.defaultBranch(signal));
    const commit = await this.#commitOfRef(`heads/${branch}`, signal);
    if (commit !== undefined) {
      this.#branch = branch;
      return { commit, branch };
    }
    if (this.#reference === undefined) return undefined;
    const other =
      (await this.#commitOfRef(`tags/${this.#reference}`, signal)) ??
      (await unlessAbsent(this.#api.commitOf(this.#reference, signal)));
    return other === undefined ? undefined : { commit: other };
  }

  async #commitOfRef(ref: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    let object = await unlessAbsent(this.#api.ref(ref, signal));
    // A tag may be of a tag.
    while (object?.type === "tag") object = await this.#api.tag(object.sha, signal);
    return object?.sha;
  }
}

/** Whether a text is the whole id of a commit, which never comes to mean another one. */
export function isCommitId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}

/** GitHub answers 409 about refs of an empty repository, and 422 about a revision that is none. */
async function unlessAbsent<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    const isAbsent = error instanceof GitHubError && [404, 409, 422].includes(error.status ?? 0);
    if (isAbsent) return undefined;
    throw error;
  }
}
