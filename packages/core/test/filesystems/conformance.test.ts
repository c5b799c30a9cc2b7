import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileSystem } from "../../src/filesystems/file-system.ts";
import { UnsupportedOperationError } from "../../src/filesystems/file-system-errors.ts";
import { LocalFileSystem } from "../../src/filesystems/local-file-system.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { fileSystemSuite } from "../../src/testing/file-system-suite.ts";

const capabilities = { write: true, conditionalCreate: true, rangeRead: true };

let basePath: string;

fileSystemSuite({
  name: "LocalFileSystem",
  capabilities,
  manyFiles: 1100,
  create: async () => {
    basePath = await mkdtemp(join(tmpdir(), "local-file-system-"));
    return new LocalFileSystem({ basePath: join(basePath, "made", "by the first write") });
  },
  dispose: () => rm(basePath, { recursive: true }),
});

fileSystemSuite({
  name: "MemoryFileSystem",
  capabilities,
  create: () => new MemoryFileSystem(),
  largeFileBytes: 16 * 1024 * 1024,
  holdsFiles: true,
});

fileSystemSuite({
  name: "A file system that can only be read",
  filled: async (files) => {
    const filled = new MemoryFileSystem();
    for (const { path, content } of files) await filled.write(path, content);
    return readOnly(filled);
  },
});

function readOnly(fileSystem: FileSystem): FileSystem {
  const refuse = async (): Promise<void> => {
    throw new UnsupportedOperationError("writing", fileSystem.location);
  };
  return {
    capabilities: { ...fileSystem.capabilities, write: false, conditionalCreate: false },
    location: fileSystem.location,
    read: (path, options) => fileSystem.read(path, options),
    readStream: (path, options) => fileSystem.readStream(path, options),
    list: (options) => fileSystem.list(options),
    stat: (path, options) => fileSystem.stat(path, options),
    write: refuse,
    delete: refuse,
  };
}
