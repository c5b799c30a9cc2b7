import { describe, expect, it } from "vitest";
import { copyDirectory } from "../../src/filesystems/directory-transfer.ts";
import { copyFile, readText, signedUrl } from "../../src/filesystems/file-operations.ts";
import type { FileContent, FileSystem, WriteOptions } from "../../src/filesystems/file-system.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";

/** Files 0, 1, 10, 11, … in the order of their listing. */
async function filled(count: number): Promise<MemoryFileSystem> {
  const fileSystem = new MemoryFileSystem();
  for (let index = 0; index < count; index += 1) await fileSystem.write(`tree/${index}`, String(index));
  return fileSystem;
}

/** Counts the writes under way; refuses one path. */
class WatchedFileSystem extends MemoryFileSystem {
  peak = 0;
  refused: string | undefined;
  #underWay = 0;

  override async write(path: string, content: FileContent, options?: WriteOptions): Promise<void> {
    this.#underWay += 1;
    this.peak = Math.max(this.peak, this.#underWay);
    try {
      if (path === this.refused) throw new Error(`refused ${path}`);
      await super.write(path, content, options);
    } finally {
      this.#underWay -= 1;
    }
  }
}

function copyTree(
  from: FileSystem,
  to: FileSystem,
  options?: Parameters<typeof copyDirectory>[2],
): Promise<string[]> {
  return copyDirectory({ fileSystem: from, path: "tree" }, { fileSystem: to, path: "" }, options);
}

describe("copying a directory", () => {
  it("has as many files under way as it is told, and no more", async () => {
    const target = new WatchedFileSystem();
    expect(await copyTree(await filled(20), target, { concurrency: 3 })).toHaveLength(20);
    expect(target.peak).toBe(3);
    expect(await readText(target, "19")).toBe("19");
  });

  it("stops at the first failure and throws it", async () => {
    const target = new WatchedFileSystem();
    target.refused = "11";
    await expect(copyTree(await filled(20), target, { concurrency: 2 })).rejects.toThrow("refused 11");
    expect((await target.list()).files.length).toBeLessThan(6);
  });

  it("stops when its signal aborts", async () => {
    const controller = new AbortController();
    const ignore = (path: string): boolean => {
      if (path === "11") controller.abort(new Error("stopped"));
      return false;
    };
    const target = new MemoryFileSystem();
    const copy = copyTree(await filled(20), target, { concurrency: 1, ignore, signal: controller.signal });
    await expect(copy).rejects.toThrow("stopped");
    expect((await target.list()).files).toHaveLength(3);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a concurrency of %d", async (concurrency) => {
    const copy = copyTree(await filled(1), new MemoryFileSystem(), { concurrency });
    await expect(copy).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });
});

describe("operations on files", () => {
  it("copy between file systems", async () => {
    const [from, to] = [await filled(1), new MemoryFileSystem()];
    await copyFile({ fileSystem: from, path: "tree/0" }, { fileSystem: to, path: "copy" });
    expect(await readText(to, "copy")).toBe("0");
  });

  it("say when there are no signed URLs", async () => {
    const url = signedUrl(new MemoryFileSystem(), "file", { expiresInSeconds: 60 });
    await expect(url).rejects.toMatchObject({
      code: "UNSUPPORTED_OPERATION",
      message: "memory: does not support signed URLs.",
    });
  });
});
