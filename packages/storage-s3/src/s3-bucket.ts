/** A bucket as a file system and as a block. */
import {
  type CallOptions,
  contentBytes,
  deleteInBatches,
  type FileContent,
  type FileEntry,
  type FileList,
  type FileStat,
  type FileSystem,
  type FileSystemCapabilities,
  FileSystemError,
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
import { AwsCredentials, MinioCredentials } from "@sluice/credentials-aws";
import { z } from "zod";
import { copySource, listedKey } from "./object-keys.ts";
import { receiveObject } from "./object-reading.ts";
import { writeObject } from "./object-writing.ts";
import { S3Connection } from "./s3-connection.ts";

const MEBIBYTE = 1024 * 1024;
/** A limit of `DeleteObjects`. */
const MOST_DELETED_AT_ONCE = 1000;

/**
 * Files in a bucket of Amazon S3, or of whatever speaks its protocol; where that is, the credentials say. Fields as those
 * of Prefect's block, and `partMebibytes`.
 *
 * ```ts
 * const results = new S3Bucket({ bucketName: "acme-flows", bucketFolder: "results" });
 * await results.write("2024/report.json", JSON.stringify(report));
 * ```
 */
export class S3Bucket
  extends Block.define({
    slug: "s3-bucket",
    name: "S3 Bucket",
    description: "Files in a bucket of Amazon S3, or of whatever speaks its protocol.",
    schema: z.object({
      bucketName: z.string().regex(/^[^/\s]+$/, "a bucket's name has no slashes and spaces"),
      credentials: z
        .union([AwsCredentials.field(), MinioCredentials.field()])
        .default(() => new AwsCredentials()),
      /** Where in the bucket the files are. */
      bucketFolder: z.string().default(""),
      /** Size of the parts in which long content is sent; S3 takes 10,000 of them. */
      partMebibytes: z.number().int().min(5).max(5120).default(8),
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
  readonly #connection: S3Connection = new S3Connection(this.credentials, () => ({
    location: this.location,
    bucket: this.bucketName,
    block: this.blockReference,
  }));

  get location(): string {
    return `s3://${this.bucketName}/${this.#paths.folder}`;
  }

  async read(path: string, options: CallOptions = {}): Promise<Uint8Array> {
    return contentBytes(this.readStream(path, options));
  }

  readStream(path: string, options: ReadStreamOptions = {}): AsyncGenerator<Uint8Array> {
    return objectStream(this, { path, ...options }, (file) =>
      receiveObject(this.#connection, this.#keyOf(file), file),
    );
  }

  async write(path: string, content: FileContent, options: WriteOptions = {}): Promise<void> {
    const file = normalizePath(path);
    const object = {
      connection: this.#connection,
      bucket: this.bucketName,
      key: this.#keyOf(file),
      call: { verb: "write", path: file, signal: options.signal },
      partBytes: this.partMebibytes * MEBIBYTE,
      ifAbsent: options.ifAbsent ?? false,
    } as const;
    await writeObject(object, content);
  }

  async list(options: ListOptions = {}): Promise<FileList> {
    const { prefix, recursive, cursor, limit } = listQuery(options);
    const answer = await this.#connection.call(
      { verb: "list", path: prefix, signal: options.signal },
      (s3, settings) =>
        s3.listObjectsV2(
          {
            Bucket: this.bucketName,
            Prefix: this.#keyOf(prefix),
            MaxKeys: limit,
            // Keys may have characters that XML has not.
            EncodingType: "url",
            ...(!recursive && { Delimiter: "/" }),
            ...(cursor !== undefined && { ContinuationToken: cursor }),
          },
          settings,
        ),
    );
    const files = (answer.Contents ?? []).flatMap(({ Key, ...object }): FileEntry[] => {
      const path = this.#paths.pathOf(listedKey(Key));
      return path === undefined ? [] : [{ path, ...statOf({ ...object, ContentLength: object.Size }) }];
    });
    const directories = (answer.CommonPrefixes ?? []).flatMap(
      ({ Prefix }) => this.#paths.directoryOf(listedKey(Prefix)) ?? [],
    );
    return {
      files,
      directories,
      ...(answer.NextContinuationToken && { cursor: answer.NextContinuationToken }),
    };
  }

  async stat(path: string, options: CallOptions = {}): Promise<FileStat> {
    const file = normalizePath(path);
    const call = { verb: "look at", path: file, signal: options.signal } as const;
    return statOf(
      await this.#connection.call(call, (s3, settings) => s3.headObject(this.#object(file), settings)),
    );
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    const file = normalizePath(path);
    const call = { verb: "delete", path: file, signal: options.signal } as const;
    await this.#connection.call(call, (s3, settings) => s3.deleteObject(this.#object(file), settings));
  }

  async deleteMany(paths: readonly string[], options: CallOptions = {}): Promise<void> {
    const batches = { mostAtOnce: MOST_DELETED_AT_ONCE, signal: options.signal };
    await deleteInBatches(this, paths, batches, (files) => this.#deleteBatch(files, options));
  }

  async copy(from: string, to: string, options: CallOptions = {}): Promise<void> {
    const [source, target] = [normalizePath(from), normalizePath(to)];
    // S3 refuses to copy an object onto itself.
    if (source === target) {
      await this.stat(source, options);
      return;
    }
    const CopySource = copySource(this.bucketName, this.#keyOf(source));
    const call = { verb: "copy", path: source, signal: options.signal } as const;
    try {
      await this.#connection.call(call, (s3, settings) =>
        s3.copyObject({ ...this.#object(target), CopySource }, settings),
      );
    } catch (error) {
      if (!isTooLargeToCopy(error)) throw error;
      await this.write(target, this.readStream(source, options), options);
    }
  }

  async signedUrl(path: string, options: SignedUrlOptions): Promise<string> {
    const file = normalizePath(path);
    const call = { verb: "sign a URL for", path: file, signal: options.signal } as const;
    return this.#connection.signedUrl(call, this.#keyOf(file), options);
  }

  /** Gives those that are left. */
  async #deleteBatch(files: readonly string[], { signal }: CallOptions): Promise<readonly string[]> {
    const call = { verb: "delete", path: files[0] ?? "", signal } as const;
    const Objects = files.map((file) => ({ Key: this.#keyOf(file) }));
    const { Errors = [] } = await this.#connection.call(call, (s3, settings) =>
      s3.deleteObjects({ Bucket: this.bucketName, Delete: { Objects, Quiet: true } }, settings),
    );
    const left = new Set(Errors.map(({ Key }) => Key));
    return files.filter((file) => left.has(this.#keyOf(file)));
  }

  #object(file: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.bucketName, Key: this.#keyOf(file) };
  }

  #keyOf(path: string): string {
    return this.#paths.keyOf(path);
  }
}

interface ObjectFacts {
  readonly ContentLength?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly ETag?: string | undefined;
  readonly ContentType?: string | undefined;
}

function statOf({ ContentLength, LastModified, ETag, ContentType }: ObjectFacts): FileStat {
  return { size: ContentLength ?? 0, modified: LastModified, etag: ETag, contentType: ContentType };
}

/** More than five gibibytes. */
function isTooLargeToCopy(error: unknown): boolean {
  return (
    error instanceof FileSystemError &&
    error.details["code"] === "InvalidRequest" &&
    error.message.includes("copy source is larger")
  );
}
