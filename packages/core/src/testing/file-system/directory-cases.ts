/** The part of the file system suite about many files: copies, directories, deletion. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { getDirectory, putDirectory } from "../../filesystems/directory-transfer.ts";
import {
  copyFile,
  deleteFiles,
  fileExists,
  listFiles,
  moveFile,
  readText,
} from "../../filesystems/file-operations.ts";
import { allOf, type Place, pathsOf } from "./place.ts";
import { TREE } from "./sample-files.ts";

/** @param place - an empty one for each test */
export function directoryCases(
  place: () => Place,
  options: { readonly manyFiles: number; readonly oddPaths: readonly string[] },
): void {
  describe("copies", () => copyCases(place, options.oddPaths));
  describe("directories", () => transferCases(place));
  describe("many files", () => manyFilesCases(place, options.manyFiles));
}

function copyCases(place: () => Place, oddPaths: readonly string[]): void {
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

  it.each(oddPaths)("copies and moves a file called %j", async (path) => {
    const { fileSystem, at } = place();
    await fileSystem.write(at(path), path);
    await copyFile({ fileSystem, path: at(path) }, { fileSystem, path: at(`copies/${path}`) });
    await moveFile({ fileSystem, path: at(`copies/${path}`) }, { fileSystem, path: at(`moved/${path}`) });
    expect(await readText(fileSystem, at(`moved/${path}`))).toBe(path);
    expect((await pathsOf(listFiles(fileSystem, { prefix: at("") }))).sort()).toEqual(
      [at(path), at(`moved/${path}`)].sort(),
    );
  });

  it("replaces what is at the place of a copy", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("original"), "new");
    await fileSystem.write(at("copy"), "a longer old content");
    await copyFile({ fileSystem, path: at("original") }, { fileSystem, path: at("copy") });
    expect(await readText(fileSystem, at("copy"))).toBe("new");
  });

  it("says that the file to copy is missing", async () => {
    const { fileSystem, at } = place();
    const copy = copyFile({ fileSystem, path: at("missing") }, { fileSystem, path: at("copy") });
    await expect(copy).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    expect(await fileExists(fileSystem, at("copy"))).toBe(false);
  });

  it("copies nothing when the signal has aborted already", async () => {
    const { fileSystem, at } = place();
    const signal = AbortSignal.abort(new Error("stopped"));
    await fileSystem.write(at("original"), "x");
    const copy = copyFile({ fileSystem, path: at("original") }, { fileSystem, path: at("copy") }, { signal });
    await expect(copy).rejects.toThrow("stopped");
    expect(await fileExists(fileSystem, at("copy"))).toBe(false);
  });
}

function transferCases(place: () => Place): void {
  it("brings a directory up and down again, leaving out what is ignored", async () => {
    const { fileSystem, at } = place();
    await inLocalDirectory(async (local) => {
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
    });
  });

  it("brings up what a file of patterns does not leave out", async () => {
    const { fileSystem, at } = place();
    await inLocalDirectory(async (local) => {
      await writeFile(
        join(local, ".sluiceignore"),
        "# comment\nnode_modules/\n*.log\n!keep.log\n/only-here\n",
      );
      const kept = ["keep.log", "src/flow.ts", "src/only-here"];
      const leftOut = ["node_modules/x/index.js", "src/node_modules/y.js", "run.log", "only-here"];
      for (const path of [...kept, ...leftOut]) await writeLocal(local, path);
      const options = { ignore: [".sluiceignore"], ignoreFile: ".sluiceignore" };
      const up = await putDirectory(local, { fileSystem, path: at("code") }, options);
      expect(up.sort()).toEqual(kept);
      expect((await pathsOf(listFiles(fileSystem, { prefix: at("") }))).sort()).toEqual(
        kept.map((path) => at(`code/${path}`)).sort(),
      );
    });
  });
}

function manyFilesCases(place: () => Place, count: number): void {
  it(`brings ${count} files up and down, lists and removes them`, async () => {
    const { fileSystem, at } = place();
    await inLocalDirectory(async (local) => {
      const paths = Array.from({ length: count }, (_, index) => `${index % 10}/${index}.txt`);
      for (const path of paths) await writeLocal(local, `up/${path}`);
      await putDirectory(join(local, "up"), { fileSystem, path: at("many") }, { concurrency: 16 });
      const found = await pathsOf(listFiles(fileSystem, { prefix: at("many/") }));
      expect(found.sort()).toEqual(paths.map((path) => at(`many/${path}`)).sort());
      await getDirectory({ fileSystem, path: at("many") }, join(local, "down"), { concurrency: 16 });
      for (const path of paths) {
        expect(await readFile(join(local, "down", path), "utf8")).toBe(`up/${path}`);
      }
      await deleteFiles(fileSystem, at("many/"), { concurrency: 16 });
      expect(await allOf(listFiles(fileSystem, { prefix: at("") }))).toEqual([]);
    });
  }, 300_000);

  it("removes all files below a prefix and no others", async () => {
    const { fileSystem, at } = place();
    for (const path of TREE) await fileSystem.write(at(path), path);
    await deleteFiles(fileSystem, at("a/"));
    expect((await pathsOf(listFiles(fileSystem, { prefix: at("") }))).sort()).toEqual(
      ["a.txt", "a0", "z"].map(at).sort(),
    );
    await deleteFiles(fileSystem, at("nothing/"));
  });

  it("removes nothing when the signal has aborted already", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "x");
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(deleteFiles(fileSystem, at(""), { signal })).rejects.toThrow("stopped");
    expect(await fileExists(fileSystem, at("file"))).toBe(true);
  });
}

async function inLocalDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "file-system-suite-"));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The content is the path. */
async function writeLocal(directory: string, path: string): Promise<void> {
  const target = join(directory, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, path);
}
