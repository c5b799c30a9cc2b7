/** Any git repository as a file system to read from. */
import { createHash } from "node:crypto";
import { cp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CallOptions,
  checkRange,
  currentSettings,
  type FileEntry,
  type FileList,
  FileNotFoundError,
  type FileStat,
  type FileSystem,
  type FileSystemCapabilities,
  FileSystemError,
  type ListOptions,
  LocalFileSystem,
  listQuery,
  normalizePath,
  normalizePrefix,
  type ReadStreamOptions,
  UnsupportedOperationError,
} from "@sluice/core";
import { Block } from "@sluice/core/blocks";
import { GitHubCredentials } from "@sluice/credentials-github";
import { z } from "zod";
import { checkOut } from "./check-out.ts";
import { checkedOut } from "./checked-out-commits.ts";
import { findCommit } from "./find-commit.ts";
import { type GitIdentity, withGitAccess } from "./git-access.ts";
import { GitCredentials } from "./git-credentials.ts";
import { gitFileError } from "./git-file-error.ts";
import { type GitUrl, parseGitUrl, shownUrl } from "./git-url.ts";
import { SharedWork } from "./shared-work.ts";

/** How old the commit may be that readers see. */
const FRESH_MS = 30_000;

const fields = z
  .object({
    /** `https://…`, `ssh://…`, `user@host:path` or `file:///…`, without a password in it. */
    url: z.string().refine((url) => parseGitUrl(url) !== undefined, {
      message: "Expected an https, ssh or file URL without a token or password; these belong in credentials",
    }),
    /** A branch, a tag, or the whole id of a commit. Default: the branch that the server says. */
    reference: z
      .string()
      .regex(/^(?!-)[^\s~^:?*[\\]+$/, "Expected a branch, a tag, or the id of a commit")
      .optional(),
    /** The directory of the repository that is the root; nothing else is loaded. Default: everything. */
    directory: z.string().default(""),
    credentials: z.union([GitCredentials.field(), GitHubCredentials.field()]).optional(),
    /** Whether the files of submodules are there too. */
    includeSubmodules: z.boolean().default(false),
    /** Whether contents that Git LFS keeps are loaded, for which git-lfs has to be installed; otherwise their pointers are there. */
    lfs: z.boolean().default(true),
    /** For each command of git. */
    timeoutSeconds: z.number().positive().default(300),
  })
  .refine(
    ({ url, credentials }) =>
      !(credentials instanceof GitHubCredentials) ||
      parseGitUrl(url)?.host === gitHostOf(credentials.baseUrl),
    {
      message: "The credentials are for another server. Give them its baseUrl, or use git-credentials",
      path: ["credentials"],
    },
  );

export interface PullOptions extends CallOptions {
  /** The directory whose files are wanted. Default: all. */
  readonly path?: string | undefined;
}

/**
 * The files of a git repository at a branch, tag or commit, without its history. git itself has to be installed. Readers see
 * a commit that is at most 30 seconds old; `pull` brings the newest.
 *
 * ```ts
 * const flows = new GitRepository({ url: "git@git.acme.com:data/flows.git", reference: "v2", directory: "etl" });
 * await flows.pull("/tmp/flows");
 * ```
 */
export class GitRepository
  extends Block.define({
    slug: "git-repository",
    name: "Git Repository",
    description: "A directory of any git repository, to be read at a branch, tag or commit.",
    capabilities: ["get-directory", "read-path"],
    schema: fields,
  })
  implements FileSystem
{
  readonly capabilities: FileSystemCapabilities = {
    write: false,
    conditionalCreate: false,
    rangeRead: true,
    signedUrls: false,
  };
  readonly #newest = new SharedWork((signal) => this.#checkOutNewest(signal));
  #seen: { readonly directory: string; readonly atMs: number } | undefined;

  get location(): string {
    const directory = rootOf(this.directory);
    const below = directory === "" ? "" : `:${directory}`;
    const reference = this.reference ?? (below === "" ? "" : "HEAD");
    return `${shownUrl(this.url)}${reference === "" ? "" : `#${reference}`}${below}`;
  }

  async read(path: string, options: CallOptions = {}): Promise<Uint8Array> {
    return this.#call(path, options, (files, key) => files.read(key, options));
  }

  async *readStream(path: string, options: ReadStreamOptions = {}): AsyncGenerator<Uint8Array> {
    checkRange(options);
    const files = await this.#call(path, options, async (found) => found);
    try {
      yield* files.readStream(path, options);
    } catch (error) {
      throw this.#located(error, path);
    }
  }

  /** @throws {UnsupportedOperationError} always */
  async write(): Promise<void> {
    throw new UnsupportedOperationError("writing", this.location);
  }

  /** @throws {UnsupportedOperationError} always */
  async delete(): Promise<void> {
    throw new UnsupportedOperationError("deleting", this.location);
  }

  async list(options: ListOptions = {}): Promise<FileList> {
    const { prefix } = listQuery(options);
    options.signal?.throwIfAborted();
    const files = await this.#files(options.signal);
    const page = await files.list({ ...options, prefix });
    return { ...page, files: page.files.map(({ path, size }): FileEntry => ({ path, size })) };
  }

  /** Without a time: git keeps none of files. */
  async stat(path: string, options: CallOptions = {}): Promise<FileStat> {
    const { size } = await this.#call(path, options, (files, key) => files.stat(key, options));
    return { size };
  }

  /** Brings the newest files into a local directory, with their modes and links. What else is in it stays. */
  async pull(localDirectory: string, options: PullOptions = {}): Promise<void> {
    const { path = "", signal } = options;
    const source = join(await this.#newest.result(signal), normalizePrefix(path));
    signal?.throwIfAborted();
    if (!(await isDirectory(source))) throw this.#noDirectory(path);
    await cp(source, localDirectory, { recursive: true, force: true, verbatimSymlinks: true });
  }

  async #call<T>(
    path: string,
    { signal }: CallOptions,
    work: (files: LocalFileSystem, key: string) => Promise<T>,
  ): Promise<T> {
    const key = normalizePath(path);
    signal?.throwIfAborted();
    const files = await this.#files(signal);
    try {
      return await work(files, key);
    } catch (error) {
      throw this.#located(error, key);
    }
  }

  /** Where the files are on this machine is nobody's concern. */
  #located(error: unknown, path: string): unknown {
    if (!(error instanceof FileNotFoundError)) return error;
    return new FileNotFoundError(normalizePath(path), this.location, { cause: error });
  }

  async #files(signal: AbortSignal | undefined): Promise<LocalFileSystem> {
    const isFresh = this.#seen !== undefined && Date.now() - this.#seen.atMs < FRESH_MS;
    const basePath = isFresh && this.#seen ? this.#seen.directory : await this.#newest.result(signal);
    return new LocalFileSystem({ basePath });
  }

  async #checkOutNewest(signal: AbortSignal): Promise<string> {
    const { url, includeSubmodules, lfs, timeoutSeconds, location } = this;
    const directory = rootOf(this.directory);
    const atMs = Date.now();
    try {
      const checkout = await withGitAccess(gitUrlOf(url), await this.#identity(signal), async (access) => {
        const call = { access, timeoutSeconds, signal };
        const root = join(currentSettings().home, "git");
        const reference = { url, reference: this.reference, location };
        const commit = await findCommit(reference, { ...call, directory: tmpdir() });
        const wanted = { url, directory, includeSubmodules, lfs };
        const key = `${createHash("sha256").update(JSON.stringify(wanted)).digest("hex").slice(0, 16)}-${commit}`;
        return checkedOut(root, key, (target) => checkOut(target, { ...wanted, commit }, call));
      });
      const found = join(checkout, directory);
      if (!(await isDirectory(found))) throw this.#noDirectory("");
      this.#seen = { directory: found, atMs };
      return found;
    } catch (error) {
      throw gitFileError(error, location);
    }
  }

  async #identity(signal: AbortSignal): Promise<GitIdentity> {
    const { credentials } = this;
    if (!(credentials instanceof GitHubCredentials)) return credentials ?? {};
    return { username: "x-access-token", token: await credentials.currentToken({ signal }) };
  }

  #noDirectory(path: string): FileSystemError {
    const what = path === "" ? "the directory it names" : `a directory "${path}"`;
    return new FileSystemError(
      `There is no such place as ${this.location}: the commit does not have ${what}.`,
      {
        details: { location: this.location, path },
      },
    );
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}

function gitUrlOf(url: string): GitUrl {
  const parsed = parseGitUrl(url);
  if (parsed === undefined) throw new TypeError(`${url} is no URL of a git repository.`);
  return parsed;
}

/** The server with the repositories of an API's URL. */
function gitHostOf(apiUrl: string): string {
  return new URL(apiUrl).host.replace(/^api\.(?=github\.com$|.*\.ghe\.com$)/, "");
}

/** Without a slash at its end. */
function rootOf(directory: string): string {
  return normalizePrefix(directory.replace(/^\/+/, "")).replace(/\/$/, "");
}
