/** A GitHub repository as a file system. */
import {
  type CallOptions,
  checkRange,
  type DirectoryAddress,
  type FileContent,
  type FileEntry,
  type FileList,
  FileNotFoundError,
  type FileStat,
  type FileSystem,
  type FileSystemCapabilities,
  FileSystemError,
  getDirectory,
  type ListOptions,
  listQuery,
  normalizePath,
  normalizePrefix,
  type ReadStreamOptions,
  type TransferOptions,
  UnsupportedOperationError,
  type WriteOptions,
} from "@sluice/core";
import { Block } from "@sluice/core/blocks";
import { GitHubCredentials } from "@sluice/credentials-github";
import { z } from "zod";
import { commitChanges } from "./commit-changes.ts";
import { CommitQueue } from "./commit-queue.ts";
import type { FileChange } from "./file-change.ts";
import { blobId, boundedBytes, inlineText } from "./git-content.ts";
import { githubFileError } from "./github-file-error.ts";
import { apiUrlOf, parseRepositoryUrl, type RepositoryAddress } from "./repository-address.ts";
import { RepositoryApi, type TreeEntry } from "./repository-api.ts";
import { isCommitId, RepositoryHead } from "./repository-head.ts";
import { isFile, RepositoryTrees } from "./repository-trees.ts";

const GITHUB_API = "https://api.github.com";

const fields = z
  .object({
    /** Such as `https://github.com/acme/flows`. */
    repositoryUrl: z.string().refine((url) => parseRepositoryUrl(url) !== undefined, {
      message: "Expected a URL such as https://github.com/owner/name, without a token in it",
    }),
    /** A branch, a tag or a commit. Default: the branch that the repository says. Only branches can be written to. */
    reference: z.string().min(1).optional(),
    credentials: GitHubCredentials.field().optional(),
    /** The directory of the repository that is the root. Default: the whole repository. */
    directory: z.string().default(""),
    /** Message of the commits that write. Default: what was changed. */
    commitMessage: z.string().min(1).optional(),
    /** Author of the commits that write. Default: who the credentials are of. */
    author: z.object({ name: z.string().min(1), email: z.email() }).optional(),
  })
  .refine(
    ({ repositoryUrl, credentials }) => {
      const address = parseRepositoryUrl(repositoryUrl);
      if (address === undefined || credentials === undefined) return true;
      return credentials.baseUrl !== GITHUB_API || apiUrlOf(address) === GITHUB_API;
    },
    {
      message: "The credentials are for github.com. Give them the baseUrl of the server with this repository",
      path: ["credentials"],
    },
  );

/**
 * The files of a repository at a branch, tag or commit, read through GitHub's API without a clone. Writing makes commits on
 * the branch; files that are written at once come into one commit.
 *
 * ```ts
 * const flows = new GitHubRepository({ repositoryUrl: "https://github.com/acme/flows", reference: "v2" });
 * await flows.pull("/tmp/flows");
 * ```
 */
export class GitHubRepository
  extends Block.define({
    slug: "github-repository",
    name: "GitHub Repository",
    description:
      "A GitHub repository as a file system: read at a branch, tag or commit, written through commits.",
    capabilities: ["get-directory", "read-path", "write-path"],
    schema: fields,
  })
  implements FileSystem
{
  readonly #address: RepositoryAddress = addressOf(this.repositoryUrl);
  readonly #root: string = rootOf(this.directory);
  readonly #api = new RepositoryApi(this.#credentials().client(), this.#address);
  readonly #head = new RepositoryHead(this.#api, this.reference);
  readonly #trees = new RepositoryTrees(this.#api);
  readonly #commits = new CommitQueue<FileChange>((changes, signal) => this.#commit(changes, signal));

  get capabilities(): FileSystemCapabilities {
    return {
      write: !this.#isPinned(),
      conditionalCreate: !this.#isPinned(),
      rangeRead: false,
      signedUrls: false,
    };
  }

  get location(): string {
    const { host, owner, name } = this.#address;
    const reference = this.reference ?? (this.#root === "" ? undefined : "HEAD");
    const below = reference === undefined ? "" : `/tree/${reference}/${this.#root}`.replace(/\/$/, "");
    return `https://${host}/${owner}/${name}${below}`;
  }

  async read(path: string, options: CallOptions = {}): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.readStream(path, options)) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async *readStream(path: string, options: ReadStreamOptions = {}): AsyncGenerator<Uint8Array> {
    const key = normalizePath(path);
    const { signal } = options;
    const { offset, end } = checkRange(options);
    try {
      const { sha, size = Number.POSITIVE_INFINITY } = await this.#file(key, signal);
      let position = 0;
      const stop = Math.min(end, size);
      if (offset >= stop) return;
      for await (const chunk of this.#api.blob(sha, signal)) {
        const wanted = chunk.subarray(Math.max(0, offset - position), stop - position);
        position += chunk.length;
        if (wanted.length > 0) yield wanted;
        signal?.throwIfAborted();
        if (position >= stop) return;
      }
    } catch (error) {
      throw githubFileError(error, `read "${key}"`, this.location);
    }
  }

  async write(path: string, content: FileContent, options: WriteOptions = {}): Promise<void> {
    const key = normalizePath(path);
    const { ifAbsent = false, signal } = options;
    this.#checkWritable();
    await this.#call(`write "${key}"`, signal, async () => {
      const bytes = await boundedBytes(content, `"${key}" in ${this.location}`, signal);
      signal?.throwIfAborted();
      const text = inlineText(bytes);
      const sha = text === undefined ? (await this.#api.createBlob(bytes, signal)).sha : blobId(bytes);
      await this.#commits.add({ kind: "write", path: `${this.#root}${key}`, sha, text, ifAbsent }, signal);
    });
  }

  async list(options: ListOptions = {}): Promise<FileList> {
    const query = listQuery(options);
    const { signal } = options;
    return this.#call(`list "${query.prefix}"`, signal, async () => {
      const root = await this.#tree(signal);
      if (root === undefined) return { files: [], directories: [] };
      const below = (path: string): string => `${this.#root}${path}`;
      const cursor = query.cursor === undefined ? undefined : below(query.cursor);
      const found: TreeEntry[] = [];
      const entries = this.#trees.list(root, { ...query, prefix: below(query.prefix), cursor }, signal);
      for await (const entry of entries) {
        if (found.length === query.limit) return this.#page(found, found.at(-1));
        found.push(entry);
      }
      return this.#page(found, undefined);
    });
  }

  async stat(path: string, options: CallOptions = {}): Promise<FileStat> {
    const key = normalizePath(path);
    return this.#call(`look at "${key}"`, options.signal, async () =>
      statOf(await this.#file(key, options.signal)),
    );
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    await this.deleteMany([path], options);
  }

  /** In one commit for each hundred files. */
  async deleteMany(paths: readonly string[], options: CallOptions = {}): Promise<void> {
    const keys = paths.map(normalizePath);
    const { signal } = options;
    this.#checkWritable();
    await this.#call(`delete "${keys.join('", "')}"`, signal, async () => {
      const changes = keys.map((key) =>
        this.#commits.add({ kind: "delete", path: `${this.#root}${key}` }, signal),
      );
      await Promise.all(changes);
    });
  }

  async copy(from: string, to: string, options: CallOptions = {}): Promise<void> {
    const source = normalizePath(from);
    const target = normalizePath(to);
    this.#checkWritable();
    await this.#call(`copy "${source}"`, options.signal, () => {
      const change: FileChange = {
        kind: "copy",
        path: `${this.#root}${target}`,
        from: `${this.#root}${source}`,
      };
      return this.#commits.add(change, options.signal);
    });
  }

  /**
   * Downloads all files, or those below `path`, into a local directory, as they are in one commit.
   *
   * @returns their paths, in no order
   */
  async pull(
    localDirectory: string,
    options: TransferOptions & Partial<Pick<DirectoryAddress, "path">> = {},
  ): Promise<string[]> {
    const head = await this.#call("pull", options.signal, () => this.#head.find(options.signal));
    const pinned = head === undefined ? this : await this.#at(head.commit);
    return getDirectory({ fileSystem: pinned, path: options.path ?? "" }, localDirectory, options);
  }

  async #at(commit: string): Promise<GitHubRepository> {
    const { repositoryUrl, credentials, directory } = this;
    return new GitHubRepository({ repositoryUrl, credentials, directory, reference: commit });
  }

  async #commit(changes: readonly FileChange[], signal: AbortSignal): Promise<ReadonlyMap<number, unknown>> {
    const { commitMessage: message, author, location } = this;
    const committing = { api: this.#api, head: this.#head, trees: this.#trees, location, message, author };
    return commitChanges(committing, changes, signal);
  }

  /** @throws {FileNotFoundError} when no file has the path */
  async #file(path: string, signal: AbortSignal | undefined): Promise<TreeEntry> {
    signal?.throwIfAborted();
    const root = await this.#tree(signal);
    const entry =
      root === undefined ? undefined : await this.#trees.find(root, `${this.#root}${path}`, signal);
    if (entry === undefined || !isFile(entry)) throw new FileNotFoundError(path, this.location);
    return entry;
  }

  /** The id of the present tree; undefined in an empty repository. */
  async #tree(signal: AbortSignal | undefined): Promise<string | undefined> {
    const head = await this.#head.find(signal);
    if (head !== undefined) return this.#trees.rootOf(head.commit, signal);
    if (this.reference === undefined) return undefined;
    throw new FileSystemError(
      `Cannot read ${this.location}: there is no branch, tag or commit "${this.reference}". Correct reference.`,
      { details: { location: this.location, reference: this.reference } },
    );
  }

  #page(found: readonly TreeEntry[], last: TreeEntry | undefined): FileList {
    const relative = (path: string): string => path.slice(this.#root.length);
    const files: FileEntry[] = found
      .filter(isFile)
      .map((entry) => ({ path: relative(entry.path), ...statOf(entry) }));
    const directories = found.filter(({ type }) => type === "tree").map(({ path }) => relative(path));
    return { files, directories, cursor: last && relative(last.path) };
  }

  #credentials(): GitHubCredentials {
    return this.credentials ?? new GitHubCredentials({ baseUrl: apiUrlOf(this.#address) });
  }

  /** A commit never changes. */
  #isPinned(): boolean {
    return this.reference !== undefined && isCommitId(this.reference);
  }

  #checkWritable(): void {
    if (this.#isPinned())
      throw new UnsupportedOperationError("writing, since it is no branch", this.location);
  }

  async #call<T>(action: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      throw githubFileError(error, action, this.location);
    }
  }
}

function statOf({ size = 0, sha }: TreeEntry): FileStat {
  return { size, etag: sha };
}

function addressOf(url: string): RepositoryAddress {
  const address = parseRepositoryUrl(url);
  if (address === undefined) throw new TypeError(`${url} is no URL of a repository.`);
  return address;
}

/** Empty, or ending in a slash. */
function rootOf(directory: string): string {
  const prefix = normalizePrefix(directory.replace(/^\/+/, ""));
  return prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
}
