/** A bucket as a file system and as a block. */
import type { FileMetadata } from "@google-cloud/storage";
import {
  type CallOptions,
  contentBytes,
  deleteInBatches,
  type FileContent,
  type FileEntry,
  type FileList,
  FileNotFoundError,
  type FileStat,
  type FileSystem,
  type FileSystemCapabilities,
  type ListOptions,
  listQuery,
  normalizePath,
  ObjectPaths,
  objectStream,
  type ReadStreamOptions,
  type SignedUrlOptions,
  type WriteOptions,
} from "@sluice/core";
import { Block } from "@sluice/core/blocks";
import { GcpCredentials } from "@sluice/credentials-gcp";
import { InvalidRequestError } from "@sluice/protocol";
import { z } from "zod";
import { deleteObjects, MOST_DELETED_AT_ONCE } from "./batch-delete.ts";
import { type GcsCall, GcsConnection } from "./gcs-connection.ts";
import { receiveObject } from "./object-reading.ts";
import { writeObject } from "./object-writing.ts";

const MEBIBYTE = 1024 * 1024;
/** Limits of Google's: of a page of a listing, and of the time that a signed URL is valid. */
const MOST_LISTED = 1000;
const MOST_SIGNED_SECONDS = 604_800;

/**
 * Files in a bucket of Google Cloud Storage. Fields as those of Prefect's block, `endpoint` and `partMebibytes`.
 *
 * ```ts
 * const results = new GcsBucket({ bucket: "acme-flows", bucketFolder: "results" });
 * await results.write("2024/report.json", JSON.stringify(report));
 * ```
 */
export class GcsBucket
  extends Block.define({
    slug: "gcs-bucket",
    name: "GCS Bucket",
    description: "Files in a bucket of Google Cloud Storage.",
    schema: z.object({
      bucket: z
        .string()
        .regex(/^[a-z0-9][a-z0-9._-]+$/, "has small letters, digits, dots, hyphens and underscores"),
      /** Absent: what the environment has or, at an endpoint of one's own, none. */
      gcpCredentials: GcpCredentials.field().optional(),
      /** Where in the bucket the files are. */
      bucketFolder: z.string().default(""),
      /** URL of the service when it is not Google's public one, such as that of an emulator. */
      endpoint: z.url({ protocol: /^https?$/ }).optional(),
      /** Size of the parts in which long content is sent. */
      partMebibytes: z.number().int().min(1).max(1024).default(8),
    }),
    capabilities: ["read-path", "write-path", "get-directory", "put-directory"],
  })
  implements FileSystem
{
  readonly capabilities: FileSystemCapabilities = {
    write: true,
    conditionalCreate: true,
    rangeRead: true,
    signedUrls: true,
  };
  readonly #paths: ObjectPaths = new ObjectPaths(this.bucketFolder);
  readonly #connection: GcsConnection = new GcsConnection(
    { credentials: this.gcpCredentials, endpoint: this.endpoint },
    () => ({
      location: this.location,
      bucket: this.bucket,
      block: this.blockReference,
    }),
  );

  get location(): string {
    return `gs://${this.bucket}/${this.#paths.folder}`;
  }

  async read(path: string, options: CallOptions = {}): Promise<Uint8Array> {
    return contentBytes(this.readStream(path, options));
  }

  readStream(path: string, options: ReadStreamOptions = {}): AsyncGenerator<Uint8Array> {
    return objectStream(this, { path, ...options }, (file) =>
      receiveObject(this.#connection, this.#paths.keyOf(file), file),
    );
  }

  async write(path: string, content: FileContent, options: WriteOptions = {}): Promise<void> {
    const file = normalizePath(path);
    const { ifAbsent = false, signal } = options;
    const object = {
      connection: this.#connection,
      key: this.#paths.keyOf(file),
      call: { verb: "write", path: file, signal },
      partBytes: this.partMebibytes * MEBIBYTE,
      ifAbsent,
    } as const;
    await writeObject(object, content);
  }

  async list(options: ListOptions = {}): Promise<FileList> {
    const { prefix, recursive, cursor, limit } = listQuery(options);
    const call: GcsCall = { verb: "list", path: prefix, signal: options.signal };
    const [found, next, answer] = await this.#connection.call(call, (bucket) =>
      bucket.getFiles({
        prefix: this.#paths.keyOf(prefix),
        maxResults: Math.min(limit, MOST_LISTED),
        autoPaginate: false,
        ...(!recursive && { delimiter: "/" }),
        ...(cursor !== undefined && { pageToken: cursor }),
      }),
    );
    const files = found.flatMap(({ name, metadata }): FileEntry[] => {
      const path = this.#paths.pathOf(name);
      return path === undefined ? [] : [{ path, ...statOf(metadata) }];
    });
    const { prefixes = [] } = (answer ?? {}) as { readonly prefixes?: readonly string[] };
    const directories = prefixes.flatMap((key) => this.#paths.directoryOf(key) ?? []);
    const { pageToken } = (next ?? {}) as { readonly pageToken?: string };
    return { files, directories, ...(pageToken !== undefined && { cursor: pageToken }) };
  }

  async stat(path: string, options: CallOptions = {}): Promise<FileStat> {
    const file = normalizePath(path);
    const call: GcsCall = { verb: "look at", path: file, signal: options.signal };
    const [metadata] = await this.#connection.call(call, (bucket) =>
      bucket.file(this.#paths.keyOf(file)).getMetadata(),
    );
    return statOf(metadata);
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    const file = normalizePath(path);
    const call: GcsCall = { verb: "delete", path: file, signal: options.signal };
    try {
      await this.#connection.call(call, (bucket) => bucket.file(this.#paths.keyOf(file)).delete());
    } catch (error) {
      if (!(error instanceof FileNotFoundError)) throw error;
    }
  }

  async deleteMany(paths: readonly string[], options: CallOptions = {}): Promise<void> {
    const { signal } = options;
    const batches = { mostAtOnce: MOST_DELETED_AT_ONCE, signal };
    await deleteInBatches(this, paths, batches, async (files) => {
      const call: GcsCall = { verb: "delete", path: files[0] ?? "", signal };
      const keys = files.map((file) => this.#paths.keyOf(file));
      const areGone = await deleteObjects(this.#connection, keys, call);
      return files.filter((_, index) => areGone[index] !== true);
    });
  }

  async copy(from: string, to: string, options: CallOptions = {}): Promise<void> {
    const [source, target] = [normalizePath(from), normalizePath(to)];
    const call: GcsCall = { verb: "copy", path: source, signal: options.signal };
    await this.#connection.call(call, (bucket) =>
      bucket.file(this.#paths.keyOf(source)).copy(bucket.file(this.#paths.keyOf(target))),
    );
  }

  async signedUrl(path: string, options: SignedUrlOptions): Promise<string> {
    const file = normalizePath(path);
    const { expiresInSeconds, method = "GET", signal } = options;
    if (expiresInSeconds > MOST_SIGNED_SECONDS) {
      throw new InvalidRequestError(
        `expiresInSeconds is ${expiresInSeconds}, but a signed URL of Google's is valid for at most ${MOST_SIGNED_SECONDS}, a week.`,
      );
    }
    const [url] = await this.#connection.call({ verb: "sign a URL for", path: file, signal }, (bucket) =>
      bucket.file(this.#paths.keyOf(file)).getSignedUrl({
        version: "v4",
        action: method === "PUT" ? "write" : "read",
        expires: Date.now() + expiresInSeconds * 1000,
      }),
    );
    return url;
  }
}

function statOf({ size = 0, updated, etag, contentType }: FileMetadata): FileStat {
  const modified = updated === undefined ? {} : { modified: new Date(updated) };
  return { size: Number(size), ...modified, etag, contentType };
}
