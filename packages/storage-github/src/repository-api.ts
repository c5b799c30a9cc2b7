/** What the file system needs of GitHub's API for one repository. */
import { apiPath, type GitHubClient } from "@sluice/credentials-github";
import { z } from "zod";

/** An entry of one directory. */
export interface TreeEntry {
  /** Relative to the tree it was asked for. */
  readonly path: string;
  /** As in git: `100644`, `100755`, `120000` for a link, `040000` for a directory, `160000` for a submodule. */
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
  /** Bytes; of files only. */
  readonly size?: number | undefined;
}

export interface Tree {
  readonly sha: string;
  readonly tree: readonly TreeEntry[];
  /** Whether there is more than GitHub tells at once. */
  readonly truncated: boolean;
}

/** A file in a new tree: a blob that is there, a text, or null for nothing. */
export type NewEntry = { readonly path: string; readonly mode: string } & (
  | { readonly sha: string | null }
  | { readonly content: string }
);

export interface NewCommit {
  readonly message: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author?: { readonly name: string; readonly email: string } | undefined;
}

type Signal = AbortSignal | undefined;

const named = z.object({ sha: z.string() });
const pointer = z.object({ object: z.object({ sha: z.string(), type: z.string() }) });
const tree = z.object({
  sha: z.string(),
  truncated: z.boolean().default(false),
  tree: z.array(
    z.object({
      path: z.string(),
      mode: z.string(),
      type: z.string(),
      sha: z.string(),
      size: z.number().optional(),
    }),
  ),
});
const encodedBlob = z.object({ content: z.string() });

export class RepositoryApi {
  readonly #client: GitHubClient;
  readonly #path: string;

  constructor(client: GitHubClient, repository: { readonly owner: string; readonly name: string }) {
    this.#client = client;
    this.#path = apiPath`/repos/${repository.owner}/${repository.name}`;
  }

  async defaultBranch(signal: Signal): Promise<string> {
    const answer = z.object({ default_branch: z.string() });
    return (await this.#client.call({ path: this.#path, signal }, answer)).default_branch;
  }

  /** What a ref such as `heads/main` points at: a commit, or the object of an annotated tag. */
  async ref(ref: string, signal: Signal): Promise<{ readonly sha: string; readonly type: string }> {
    return (await this.#client.call({ path: `${this.#path}/git/ref/${encoded(ref)}`, signal }, pointer))
      .object;
  }

  /** What an annotated tag's object points at. */
  async tag(sha: string, signal: Signal): Promise<{ readonly sha: string; readonly type: string }> {
    return (await this.#client.call({ path: `${this.#path}/git/tags/${sha}`, signal }, pointer)).object;
  }

  /** The commit of anything else that git knows, such as the begin of its id. */
  async commitOf(revision: string, signal: Signal): Promise<string> {
    return (await this.#client.call({ path: `${this.#path}/commits/${encoded(revision)}`, signal }, named))
      .sha;
  }

  /** @param sha - of the tree, or of a commit */
  tree(sha: string, isRecursive: boolean, signal: Signal): Promise<Tree> {
    const query = { recursive: isRecursive ? 1 : undefined };
    return this.#client.call({ path: `${this.#path}/git/trees/${sha}`, query, signal }, tree);
  }

  /** The content of a file, in chunks. */
  async *blob(sha: string, signal: Signal): AsyncGenerator<Uint8Array, void, undefined> {
    const answer = await this.#client.open({
      path: `${this.#path}/git/blobs/${sha}`,
      accept: "application/vnd.github.raw+json",
      signal,
    });
    try {
      // A server that does not give it as it is has it inside JSON.
      if (/^application\/json\b/.test(answer.headers.get("content-type") ?? "")) {
        yield Buffer.from(encodedBlob.parse(JSON.parse(await answer.text())).content, "base64");
      } else yield* answer.chunks();
    } finally {
      await answer.close();
    }
  }

  createBlob(content: Uint8Array, signal: Signal): Promise<{ readonly sha: string }> {
    const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("base64");
    return this.#create("blobs", { content: text, encoding: "base64" }, signal);
  }

  createTree(base: string, entries: readonly NewEntry[], signal: Signal): Promise<{ readonly sha: string }> {
    const all = entries.map((entry) => ({ ...entry, type: "blob" }));
    return this.#create("trees", { base_tree: base, tree: all }, signal);
  }

  createCommit(commit: NewCommit, signal: Signal): Promise<{ readonly sha: string }> {
    return this.#create("commits", commit, signal);
  }

  /** Moves a branch forward; GitHub refuses when the commit does not follow the one it is at. */
  moveBranch(branch: string, sha: string, signal: Signal): Promise<void> {
    const path = `${this.#path}/git/refs/heads/${encoded(branch)}`;
    return this.#client.send({ method: "PATCH", path, body: { sha, force: false }, signal });
  }

  /** Objects of git are known by their content, so making one twice changes nothing. */
  #create(kind: string, body: unknown, signal: Signal): Promise<{ readonly sha: string }> {
    const path = `${this.#path}/git/${kind}`;
    return this.#client.call({ method: "POST", path, body, isRepeatable: true, signal }, named);
  }
}

/** Slashes stay. */
function encoded(ref: string): string {
  return ref.split("/").map(encodeURIComponent).join("/");
}
