/** A Windows or Samba share as a file system. */
import {
  type CallOptions,
  checkRange,
  FileAccessDeniedError,
  type FileContent,
  type FileEntry,
  type FileList,
  type FileStat,
  type FileSystem,
  type FileSystemCapabilities,
  getDirectory,
  type ListOptions,
  listQuery,
  type ReadStreamOptions,
  type TransferOptions,
  unlessAborted,
  type WriteOptions,
} from "@sluice/core";
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";
import type { NtlmAccount } from "./authentication/ntlm.ts";
import { PathGate } from "./path-gate.ts";
import type { ShareFiles } from "./protocol/share-files.ts";
import { type ListedPath, shareListing } from "./share-listing.ts";
import { directoryOf, impossibleReason, sharePath } from "./share-path.ts";
import { changedMeanwhile, readPart, readWhole } from "./share-reading.ts";
import { ShareSession } from "./share-session.ts";
import { replaceFile } from "./share-writing.ts";
import { isMissing, type ShareCall, smbFileError } from "./smb-file-error.ts";

const DEFAULT_PORT = 445;

const fields = z.object({
  /** The share, and the directory of it that is the root, such as `/data/flows`. */
  sharePath: z.string().refine((path) => segmentsOf(path).length > 0 && !segmentsOf(path).includes(".."), {
    message: "Expected a share, and perhaps a directory of it, such as /data/flows",
  }),
  smbHost: z.string().regex(/^[^\s/\\@]+$/, "Expected the name or address of a server"),
  smbPort: z.int().min(1).max(65_535).optional(),
  /** Also `DOMAIN\name` or `name@domain`. */
  smbUsername: secret(z.string().min(1)).optional(),
  smbPassword: secret(z.string().min(1)).optional(),
});

/**
 * Files on a share of Windows, Samba or a storage device, by SMB 3.1.1. Everything goes encrypted; signed where the server
 * cannot encrypt. Fields as those of Prefect's block.
 *
 * ```ts
 * const share = new SmbShare({ smbHost: "files.acme.com", sharePath: "/data/flows", smbUsername, smbPassword });
 * ```
 */
export class SmbShare
  extends Block.define({
    slug: "smb",
    name: "SMB",
    description: "A share of Windows, Samba or a storage device as a file system.",
    capabilities: ["get-directory", "put-directory", "read-path", "write-path"],
    schema: fields,
  })
  implements FileSystem
{
  readonly capabilities: FileSystemCapabilities = {
    write: true,
    conditionalCreate: true,
    rangeRead: true,
    signedUrls: false,
  };
  readonly #gate = new PathGate();
  #session: ShareSession | undefined;

  get location(): string {
    const port = this.smbPort === undefined ? "" : `:${this.smbPort}`;
    return `smb://${this.smbHost}${port}/${segmentsOf(this.sharePath).join("/")}`;
  }

  async read(path: string, options: CallOptions = {}): Promise<Uint8Array> {
    const key = sharePath(path);
    return this.#reading({ verb: "read", path: key, ...options }, readWhole);
  }

  async *readStream(path: string, options: ReadStreamOptions = {}): AsyncGenerator<Uint8Array> {
    const key = sharePath(path);
    const { offset, end } = checkRange(options);
    const call = { verb: "read" as const, path: key, signal: options.signal };
    let version: string | undefined;
    for (let position = offset; ; ) {
      const part = await this.#reading(call, (files, below) =>
        readPart(files, below, { offset: position, end }),
      );
      version ??= part.version;
      if (part.version !== version) throw changedMeanwhile(key, this.location);
      position += part.data.length;
      if (part.data.length > 0) yield part.data;
      options.signal?.throwIfAborted();
      if (part.data.length === 0 || position >= Math.min(end, part.size)) return;
    }
  }

  async write(path: string, content: FileContent, options: WriteOptions = {}): Promise<void> {
    const key = sharePath(path);
    const { ifAbsent = false, signal } = options;
    // A source can be read once only.
    const call = { verb: "write" as const, path: key, signal, isRepeatable: false };
    const replacing = { ifAbsent, signal, location: this.location, gate: this.#gate };
    await this.#call(call, (files) => replaceFile(files, this.#below(key), content, replacing));
  }

  async list(options: ListOptions = {}): Promise<FileList> {
    const query = listQuery(options);
    const { signal } = options;
    return this.#call({ verb: "list", path: query.prefix, signal }, async (files) => {
      if (impossibleReason(directoryOf(query.prefix)) !== undefined) return pageOf([], undefined);
      const found: ListedPath[] = [];
      for await (const entry of shareListing({ files, root: this.#below("") }, query)) {
        signal?.throwIfAborted();
        if (found.length === query.limit) return pageOf(found, found.at(-1));
        found.push(entry);
      }
      return pageOf(found, undefined);
    });
  }

  async stat(path: string, options: CallOptions = {}): Promise<FileStat> {
    const key = sharePath(path);
    return this.#reading({ verb: "look at", path: key, ...options }, (files, below) =>
      files.withFile(below, "look", async ({ size, modified, version }) => ({
        size,
        modified,
        etag: version,
      })),
    );
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    const key = sharePath(path);
    await this.#call({ verb: "delete", path: key, ...options }, async (files) => {
      const below = this.#below(key);
      try {
        await this.#gate.alone(below, () => files.withFile(below, "remove", async () => undefined));
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    });
  }

  /** Downloads all files, or those below `path`, into a local directory; gives their paths, in no order. */
  async pull(
    localDirectory: string,
    options: TransferOptions & { readonly path?: string | undefined } = {},
  ): Promise<string[]> {
    return getDirectory({ fileSystem: this, path: options.path ?? "" }, localDirectory, options);
  }

  /** Ends the connection, which is otherwise ended when it was not used for half a minute. */
  async close(): Promise<void> {
    await this.#session?.close();
  }

  /** Below the share. */
  #below(path: string): string {
    const [, ...root] = segmentsOf(this.sharePath);
    return [...root.map((name) => `${name}/`), path].join("");
  }

  /** `work` gets the path below the share. */
  #reading<T>(call: Call, work: (files: ShareFiles, below: string) => Promise<T>): Promise<T> {
    const below = this.#below(call.path);
    return this.#call(call, (files) => this.#gate.together(below, () => work(files, below)));
  }

  async #call<T>(call: Call, work: (files: ShareFiles) => Promise<T>): Promise<T> {
    const { verb, path, signal, isRepeatable = true } = call;
    const { location } = this;
    signal?.throwIfAborted();
    try {
      // After an abort the work goes on to put things right.
      return await unlessAborted(this.#open().use(isRepeatable, work), signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw smbFileError(error, { verb, path, location, block: this.blockReference });
    }
  }

  #open(): ShareSession {
    const { smbHost: host, smbPort: port = DEFAULT_PORT } = this;
    const [share = ""] = segmentsOf(this.sharePath);
    this.#session ??= new ShareSession({ host, port, share }, this.#account());
    return this.#session;
  }

  #account(): NtlmAccount {
    const { smbUsername, smbPassword } = this;
    if (smbUsername === undefined || smbPassword === undefined) {
      throw new FileAccessDeniedError(
        `Cannot use ${this.location}: ${this.blockReference} has no smbUsername and smbPassword. What a guest sends could be read and changed by anybody, so give it an account.`,
        { details: { location: this.location } },
      );
    }
    return { ...accountName(smbUsername.reveal()), password: smbPassword.reveal() };
  }
}

interface Call extends Pick<ShareCall, "verb" | "path"> {
  readonly signal?: AbortSignal | undefined;
  /** Whether it may be done again when the connection broke; default true. */
  readonly isRepeatable?: boolean;
}

function pageOf(found: readonly ListedPath[], last: ListedPath | undefined): FileList {
  const files: FileEntry[] = found
    .filter(({ isDirectory }) => !isDirectory)
    .map(({ path, size, modified }) => ({ path, size, modified }));
  const directories = found.filter(({ isDirectory }) => isDirectory).map(({ path }) => path);
  return { files, directories, cursor: last?.path };
}

function segmentsOf(path: string): readonly string[] {
  return path.split(/[/\\]/).filter((segment) => segment !== "" && segment !== ".");
}

/** `DOMAIN\name`, or a name that the server looks for itself. */
function accountName(text: string): Pick<NtlmAccount, "username" | "domain"> {
  const [domain = "", ...rest] = text.split("\\");
  return rest.length === 0 ? { username: text, domain: "" } : { username: rest.join("\\"), domain };
}
