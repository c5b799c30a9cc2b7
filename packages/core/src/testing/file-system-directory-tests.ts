/** The part of the file system suite about many files: listings, copies, directories. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { getDirectory, putDirectory } from "../filesystems/directory-transfer.ts";
import {
  copyFile,
  deleteFiles,
  fileExists,
  listFiles,
  moveFile,
  readText,
} from "../filesystems/file-operations.ts";
import { allOf, type Place, pathsOf } from "./file-system-place.ts";

/** Tests of `list` and what is built on it. */
export function listingTests(place: () => Place): void {
  const paths = ["a.txt", "a/1", "a/2", "a/b/3", "a0", "z"];
  const write = async ({ fileSystem, at }: Place): Promise<void> => {
    await Promise.all(paths.map((path) => fileSystem.write(at(path), path)));
  };

  it("lists every file below a prefix with its size", async () => {
    const here = place();
    await write(here);
    const found = await allOf(listFiles(here.fileSystem, { prefix: here.at("") }));
    expect(found.map(({ path }) => path).sort()).toEqual(paths.map(here.at).sort());
    expect(found.find(({ path }) => path === here.at("a.txt"))?.size).toBe(5);
  });

  it("takes the prefix as text, not as a directory", async () => {
    const here = place();
    await write(here);
    expect((await pathsOf(listFiles(here.fileSystem, { prefix: here.at("a") }))).sort()).toEqual(
      ["a.txt", "a/1", "a/2", "a/b/3", "a0"].map(here.at).sort(),
    );
    expect((await pathsOf(listFiles(here.fileSystem, { prefix: here.at("a/") }))).sort()).toEqual(
      ["a/1", "a/2", "a/b/3"].map(here.at).sort(),
    );
  });

  it("lists one level with its directories", async () => {
    const { fileSystem, at } = place();
    await write({ fileSystem, at });
    const page = await fileSystem.list({ prefix: at(""), recursive: false });
    expect(page.files.map(({ path }) => path).sort()).toEqual([at("a.txt"), at("a0"), at("z")].sort());
    expect(page.directories).toEqual([at("a/")]);
    expect(page.cursor).toBeUndefined();
  });

  it.each([1, 2, 3, 100])("gives each file exactly once in pages of %i", async (limit) => {
    const { fileSystem, at } = place();
    await write({ fileSystem, at });
    const all = await pathsOf(listFiles(fileSystem, { prefix: at(""), limit }));
    expect(all.sort()).toEqual(paths.map(at).sort());
    const oneLevel: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await fileSystem.list({ prefix: at(""), recursive: false, limit, cursor });
      oneLevel.push(...page.directories, ...page.files.map(({ path }) => path));
      expect(page.directories.length + page.files.length).toBeLessThanOrEqual(limit);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(oneLevel.sort()).toEqual([at("a.txt"), at("a/"), at("a0"), at("z")].sort());
  });

  it("gives an empty list where nothing is", async () => {
    const { fileSystem, at } = place();
    expect(await fileSystem.list({ prefix: at("nothing/") })).toMatchObject({ files: [], directories: [] });
  });

  it("refuses a limit that is no number of entries", async () => {
    await expect(place().fileSystem.list({ limit: 0 })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("removes all files below a prefix and no others", async () => {
    const here = place();
    await write(here);
    await deleteFiles(here.fileSystem, here.at("a/"));
    expect((await pathsOf(listFiles(here.fileSystem, { prefix: here.at("") }))).sort()).toEqual(
      ["a.txt", "a0", "z"].map(here.at).sort(),
    );
  });
}

/** Tests of copies of files and directories. */
export function copyTests(place: () => Place): void {
  it("copies and moves a file", async () => {
    const { fileSystem, at } = place();
    const address = (path: string) => ({ fileSystem, path: at(path) });
    await fileSystem.write(at("original"), "x");
    await copyFile(address("original"), address("copies/copy"));
    expect(await readText(fileSystem, at("copies/copy"))).toBe("x");
    await moveFile(address("original"), address("moved"));
    expect(await readText(fileSystem, at("moved"))).toBe("x");
    expect(await fileExists(fileSystem, at("original"))).toBe(false);
    await moveFile(address("moved"), address("./moved"));
    expect(await readText(fileSystem, at("moved"))).toBe("x");
  });

  it("says that the file to copy is missing", async () => {
    const { fileSystem, at } = place();
    const copy = copyFile({ fileSystem, path: at("missing") }, { fileSystem, path: at("copy") });
    await expect(copy).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    expect(await fileExists(fileSystem, at("copy"))).toBe(false);
  });

  it("brings a directory up and down again, leaving out what is ignored", async () => {
    const { fileSystem, at } = place();
    const local = await mkdtemp(join(tmpdir(), "file-system-suite-"));
    try {
      await fileSystem.write(at("tree/a.txt"), "a");
      await fileSystem.write(at("tree/b/c.txt"), "c");
      await fileSystem.write(at("tree/b/skip.log"), "log");
      const ignore = (path: string): boolean => path.endsWith(".log");
      const down = await getDirectory({ fileSystem, path: at("tree") }, local, { ignore });
      expect(down.sort()).toEqual(["a.txt", "b/c.txt"]);
      expect(await readFile(join(local, "b/c.txt"), "utf8")).toBe("c");
      const up = await putDirectory(local, { fileSystem, path: at("back/") }, { concurrency: 1 });
      expect(up.sort()).toEqual(["a.txt", "b/c.txt"]);
      expect(await readText(fileSystem, at("back/b/c.txt"))).toBe("c");
    } finally {
      await rm(local, { recursive: true });
    }
  });
}
