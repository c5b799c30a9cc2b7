import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalFileSystem } from "../../src/filesystems/local-file-system.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { FileSystemLockManager } from "../../src/locking/file-system-lock-manager.ts";
import { MemoryLockManager } from "../../src/locking/memory-lock-manager.ts";
import { lockManagerSuite } from "../../src/testing/lock-manager-suite.ts";

lockManagerSuite({ name: "MemoryLockManager", create: () => new MemoryLockManager() });

lockManagerSuite({
  name: "FileSystemLockManager in memory",
  create: () => new FileSystemLockManager({ fileSystem: new MemoryFileSystem() }),
});

let basePath: string;

lockManagerSuite({
  name: "FileSystemLockManager in a local directory",
  create: async () => {
    basePath = await mkdtemp(join(tmpdir(), "lock-manager-"));
    return new FileSystemLockManager({ fileSystem: new LocalFileSystem({ basePath }) });
  },
  dispose: () => rm(basePath, { recursive: true }),
});
