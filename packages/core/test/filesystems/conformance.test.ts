import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalFileSystem } from "../../src/filesystems/local-file-system.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { fileSystemSuite } from "../../src/testing/file-system-suite.ts";

const capabilities = { write: true, conditionalCreate: true, rangeRead: true };

let basePath: string;

fileSystemSuite({
  name: "LocalFileSystem",
  capabilities,
  largeFileBytes: 128 * 1024 * 1024,
  create: async () => {
    basePath = await mkdtemp(join(tmpdir(), "local-file-system-"));
    return new LocalFileSystem({ basePath: join(basePath, "made", "by the first write") });
  },
  dispose: () => rm(basePath, { recursive: true }),
});

fileSystemSuite({ name: "MemoryFileSystem", capabilities, create: () => new MemoryFileSystem() });
