/** A process of its own that takes a lock: `count` adds to a counter under it, `hold` takes it and waits to be killed. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalFileSystem } from "../../src/filesystems/local-file-system.ts";
import { FileSystemLockManager } from "../../src/locking/file-system-lock-manager.ts";

const [basePath = "", mode = "", leaseSeconds = "30"] = process.argv.slice(2);
const fileSystem = new LocalFileSystem({ basePath });
const locks = new FileSystemLockManager({ fileSystem, leaseSeconds: Number(leaseSeconds) });
const holder = `process ${process.pid}`;

async function count(rounds: number): Promise<void> {
  const counter = join(basePath, "counter");
  for (let round = 0; round < rounds; round += 1) {
    await using _lock = await locks.acquire("counter", { holder });
    const before = Number(await readFile(counter, "utf8"));
    await new Promise(setImmediate);
    await writeFile(counter, String(before + 1));
  }
}

async function hold(): Promise<void> {
  await locks.acquire("held", { holder });
  process.send?.("held");
  await new Promise((resolve) => process.on("disconnect", resolve));
}

await (mode === "count" ? count(15) : hold());
