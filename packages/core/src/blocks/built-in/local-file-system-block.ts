/** A local directory under a name: `local-file-system/reports`. */
import { z } from "zod";
import type {
  CallOptions,
  FileContent,
  FileList,
  FileStat,
  FileSystem,
  FileSystemCapabilities,
  ListOptions,
  ReadStreamOptions,
  WriteOptions,
} from "../../filesystems/file-system.ts";
import { LocalFileSystem } from "../../filesystems/local-file-system.ts";
import { Block, type BlockType } from "../block.ts";
import { rememberBlockClass } from "../block-classes.ts";

type LocalSchema = z.ZodObject<{ basepath: z.ZodOptional<z.ZodString> }>;

const LocalType: BlockType<LocalSchema> = Block.define({
  slug: "local-file-system",
  name: "Local File System",
  description: "A directory of the machine that code runs on.",
  // Written in one word, as on the wire.
  schema: z.object({
    basepath: z.string().min(1).optional().describe("The directory. Default: the working directory."),
  }),
  capabilities: ["get-directory", "put-directory", "read-path", "write-path"],
});

/** Files in a local directory. The same block type as Prefect's `LocalFileSystem`. */
export class LocalFileSystemBlock extends LocalType implements FileSystem {
  static {
    rememberBlockClass("local-file-system", LocalFileSystemBlock);
  }

  readonly #files: LocalFileSystem = new LocalFileSystem({ basePath: this.basepath ?? "." });

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

  copy(from: string, to: string, options?: CallOptions): Promise<void> {
    return this.#files.copy(from, to, options);
  }
}
