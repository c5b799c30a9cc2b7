/** A container as a file system and as a block. */
import type { BlobItem } from "@azure/storage-blob";
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
import { AzureBlobStorageCredentials } from "@sluice/credentials-azure";
import { z } from "zod";
import { copyBlob } from "./blob-copying.ts";
import { deleteBlobs, MOST_DELETED_AT_ONCE } from "./blob-deleting.ts";
import { receiveBlob } from "./blob-reading.ts";
import { writeBlob } from "./blob-writing.ts";
import { type BlobCall, ContainerConnection } from "./container-connection.ts";
import { signedBlobUrl } from "./signed-url.ts";

const MEBIBYTE = 1024 * 1024;
/** Limits of Azure: of a page of a listing, and of a copy with one call. */
const MOST_LISTED = 5000;
const MOST_COPIED_BYTES = 256 * MEBIBYTE;

/**
 * Files in a container of Azure Blob Storage. Fields as those of Prefect's block, and `partMebibytes`.
 *
 * ```ts
 * const results = new AzureBlobStorageContainer({ containerName: "flows", credentials, baseFolder: "results" });
 * await results.write("2024/report.json", JSON.stringify(report));
 * ```
 */
export class AzureBlobStorageContainer
  extends Block.define({
    slug: "azure-blob-storage-container",
    name: "Azure Blob Storage Container",
    description: "Files in a container of Azure Blob Storage.",
    schema: z.object({
      containerName: z
        .string()
        .regex(
          /^(\$root|\$web|[a-z0-9](-?[a-z0-9]){2,62})$/,
          "has to be 3 to 63 small letters, digits and single hyphens",
        ),
      credentials: AzureBlobStorageCredentials.field(),
      /** Where in the container the files are. */
      baseFolder: z.string().optional(),
      /** Size of the blocks in which long content is sent; Azure takes 50,000 of them. */
      partMebibytes: z.number().int().min(1).max(4000).default(8),
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
  readonly #paths: ObjectPaths = new ObjectPaths(this.baseFolder ?? "");
  readonly #connection: ContainerConnection = new ContainerConnection(this.credentials, () => ({
    location: this.location,
    container: this.containerName,
    block: this.blockReference,
  }));

  get location(): string {
    return `az://${this.containerName}/${this.#paths.folder}`;
  }

  async read(path: string, options: CallOptions = {}): Promise<Uint8Array> {
    return contentBytes(this.readStream(path, options));
  }

  readStream(path: string, options: ReadStreamOptions = {}): AsyncGenerator<Uint8Array> {
    return objectStream(this, { path, ...options }, (file) =>
      receiveBlob(this.#connection, this.#paths.keyOf(file), file),
    );
  }

  async write(path: string, content: FileContent, options: WriteOptions = {}): Promise<void> {
    const file = normalizePath(path);
    const { ifAbsent = false, signal } = options;
    const blob = {
      connection: this.#connection,
      key: this.#paths.keyOf(file),
      call: { verb: "write", path: file, signal },
      partBytes: this.partMebibytes * MEBIBYTE,
      ifAbsent,
    } as const;
    await writeBlob(blob, content);
  }

  async list(options: ListOptions = {}): Promise<FileList> {
    const { prefix, recursive, cursor, limit } = listQuery(options);
    const call: BlobCall = { verb: "list", path: prefix, signal: options.signal };
    const page = await this.#connection.call(call, async (container, abortSignal) => {
      const listing = { prefix: this.#paths.keyOf(prefix), includeMetadata: true, abortSignal };
      const blobs = recursive
        ? container.listBlobsFlat(listing)
        : container.listBlobsByHierarchy("/", listing);
      const settings = {
        maxPageSize: Math.min(limit, MOST_LISTED),
        ...(cursor && { continuationToken: cursor }),
      };
      const { value } = await blobs.byPage(settings).next();
      return value;
    });
    const { blobItems = [], blobPrefixes = [] }: Found = page?.segment ?? {};
    const files = blobItems.flatMap((blob): FileEntry[] => {
      const path = this.#paths.pathOf(blob.name);
      return path === undefined || isDirectory(blob) ? [] : [{ path, ...statOf(blob.properties) }];
    });
    const directories = blobPrefixes.flatMap(({ name }) => this.#paths.directoryOf(name) ?? []);
    return { files, directories, ...(page?.continuationToken && { cursor: page.continuationToken }) };
  }

  async stat(path: string, options: CallOptions = {}): Promise<FileStat> {
    const file = normalizePath(path);
    const call: BlobCall = { verb: "look at", path: file, signal: options.signal };
    const blob = await this.#connection.call(call, (container, abortSignal) =>
      container.getBlobClient(this.#paths.keyOf(file)).getProperties({ abortSignal }),
    );
    if (isDirectory(blob)) throw new FileNotFoundError(file, this.location);
    return statOf(blob);
  }

  async delete(path: string, options: CallOptions = {}): Promise<void> {
    const file = normalizePath(path);
    const call: BlobCall = { verb: "delete", path: file, signal: options.signal };
    try {
      await this.#connection.call(call, (container, abortSignal) =>
        container.getBlobClient(this.#paths.keyOf(file)).delete({ abortSignal, deleteSnapshots: "include" }),
      );
    } catch (error) {
      if (!(error instanceof FileNotFoundError)) throw error;
    }
  }

  async deleteMany(paths: readonly string[], options: CallOptions = {}): Promise<void> {
    const { signal } = options;
    const batches = { mostAtOnce: MOST_DELETED_AT_ONCE, signal };
    await deleteInBatches(this, paths, batches, async (files) => {
      const call: BlobCall = { verb: "delete", path: files[0] ?? "", signal };
      const keys = files.map((file) => this.#paths.keyOf(file));
      const areGone = await deleteBlobs(this.#connection, keys, call);
      return files.filter((_, index) => areGone[index] !== true);
    });
  }

  async copy(from: string, to: string, options: CallOptions = {}): Promise<void> {
    const [source, target] = [normalizePath(from), normalizePath(to)];
    const { size } = await this.stat(source, options);
    if (source === target) return;
    const copy = { sourceKey: this.#paths.keyOf(source), targetKey: this.#paths.keyOf(target) };
    const call: BlobCall = { verb: "copy", path: source, signal: options.signal };
    if (size <= MOST_COPIED_BYTES && (await copyBlob(this.#connection, call, copy))) return;
    await this.write(target, this.readStream(source, options), options);
  }

  async signedUrl(path: string, options: SignedUrlOptions): Promise<string> {
    const file = normalizePath(path);
    const call: BlobCall = { verb: "sign a URL for", path: file, signal: options.signal };
    return signedBlobUrl(this.#connection, call, { ...options, key: this.#paths.keyOf(file) });
  }
}

interface Found {
  readonly blobItems?: readonly BlobItem[];
  readonly blobPrefixes?: readonly { readonly name: string }[] | undefined;
}

interface BlobFacts {
  readonly contentLength?: number | undefined;
  readonly lastModified?: Date | undefined;
  readonly etag?: string | undefined;
  readonly contentType?: string | undefined;
}

/** Accounts with a hierarchical namespace show their directories as empty blobs. */
function isDirectory({ metadata }: { readonly metadata?: Readonly<Record<string, string>> }): boolean {
  return metadata?.["hdi_isfolder"] === "true";
}

function statOf({ contentLength = 0, lastModified, etag, contentType }: BlobFacts): FileStat {
  return { size: contentLength, modified: lastModified, etag, contentType };
}
