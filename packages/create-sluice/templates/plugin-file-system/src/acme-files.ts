/** Files in Acme. */
import {
  type CallOptions,
  type FileContent,
  type FileList,
  type FileStat,
  type FileSystem,
  type FileSystemCapabilities,
  type ListOptions,
  LocalFileSystem,
  type ReadStreamOptions,
  type WriteOptions,
} from "@sluice/core";
import { Block } from "@sluice/core/blocks";
import { z } from "zod";

/**
 * Keeps files in a directory of this machine, so that it works from the first minute. Replace the methods by calls of your
 * service one after the other; `npm test` says what each of them has to do.
 */
export class AcmeFiles
  extends Block.define({
    slug: "acme-files",
    name: "Acme Files",
    description: "Files in Acme.",
    schema: z.object({ directory: z.string().min(1).describe("Where the files are.") }),
    capabilities: ["get-directory", "put-directory", "read-path", "write-path"],
  })
  implements FileSystem
{
  readonly #files: LocalFileSystem = new LocalFileSystem({ basePath: this.directory });

  get capabilities(): FileSystemCapabilities {
    return this.#files.capabilities;
  }

  get location(): string {
    return this.#files.location;
  }

  read(path: string, options?: CallOptions): Promise<Uint8Array> {
    return this.#files.read(path, options);
  }

  readStream(path: string, options?: ReadStreamOptions): AsyncIterable<Uint8Array> {
    return this.#files.readStream(path, options);
  }

  write(path: string, content: FileContent, options?: WriteOptions): Promise<void> {
    return this.#files.write(path, content, options);
  }

  list(options?: ListOptions): Promise<FileList> {
    return this.#files.list(options);
  }

  stat(path: string, options?: CallOptions): Promise<FileStat> {
    return this.#files.stat(path, options);
  }

  delete(path: string, options?: CallOptions): Promise<void> {
    return this.#files.delete(path, options);
  }
}
