/** The part of the file system suite about listings. */
import { expect, it } from "vitest";
import { listFiles, listPages } from "../../filesystems/file-operations.ts";
import { allOf, type Place, pathsOf } from "./place.ts";
import { TREE } from "./sample-files.ts";

/**
 * @param place - has the sample files
 * @param pagesDirectories - whether the server of the test counts directories among the entries of a page
 */
export function listingCases(place: () => Place, pagesDirectories: boolean): void {
  const tree = (): Place => {
    const { fileSystem, at } = place();
    return { fileSystem, at: (path) => at(`tree/${path}`) };
  };

  it("gives every file below a prefix, as `stat` does", async () => {
    const { fileSystem, at } = tree();
    const found = await allOf(listFiles(fileSystem, { prefix: at("") }));
    expect(found.map(({ path }) => path).sort()).toEqual(TREE.map(at).sort());
    for (const { path, size } of found) expect(size).toBe((await fileSystem.stat(path)).size);
  });

  it("takes the prefix as text, not as a directory", async () => {
    const { fileSystem, at } = tree();
    const below = async (prefix: string) =>
      (await pathsOf(listFiles(fileSystem, { prefix: at(prefix) }))).sort();
    expect(await below("a")).toEqual(["a.txt", "a/1", "a/2", "a/b/3", "a0"].map(at).sort());
    expect(await below("a/")).toEqual(["a/1", "a/2", "a/b/3"].map(at).sort());
    expect(await below("a/b/3")).toEqual([at("a/b/3")]);
  });

  it("gives one level with its directories", async () => {
    const { fileSystem, at } = tree();
    const page = await fileSystem.list({ prefix: at(""), recursive: false });
    expect(page.files.map(({ path }) => path).sort()).toEqual([at("a.txt"), at("a0"), at("z")].sort());
    expect(page.directories).toEqual([at("a/")]);
    expect(page.cursor).toBeUndefined();
  });

  it("gives one level below a prefix that is a part of a name", async () => {
    const { fileSystem, at } = tree();
    const page = await fileSystem.list({ prefix: at("a"), recursive: false });
    expect(page.files.map(({ path }) => path).sort()).toEqual([at("a.txt"), at("a0")].sort());
    expect(page.directories).toEqual([at("a/")]);
  });

  it.each([1, 2, 3, 100])("gives each file exactly once in pages of %i", async (limit) => {
    const { fileSystem, at } = tree();
    const all = await pathsOf(listFiles(fileSystem, { prefix: at(""), limit }));
    expect(all.sort()).toEqual(TREE.map(at).sort());
  });

  it.each([1, 2, 3, 100])("gives one level in pages of %i", async (limit) => {
    const { fileSystem, at } = tree();
    const oneLevel: string[] = [];
    for await (const page of listPages(fileSystem, { prefix: at(""), recursive: false, limit })) {
      const found = [...page.directories, ...page.files.map(({ path }) => path)];
      if (pagesDirectories) expect(found.length).toBeLessThanOrEqual(limit);
      oneLevel.push(...found);
    }
    const all = pagesDirectories ? oneLevel : [...new Set(oneLevel)];
    expect(all.sort()).toEqual([at("a.txt"), at("a/"), at("a0"), at("z")].sort());
  });

  it("gives an empty list where nothing is", async () => {
    const { fileSystem, at } = place();
    expect(await fileSystem.list({ prefix: at("nothing/") })).toMatchObject({ files: [], directories: [] });
    expect(await fileSystem.list({ prefix: at("digits/") })).toMatchObject({ files: [], directories: [] });
  });

  it.each([0, -1, 1.5])("refuses a limit of %d", async (limit) => {
    await expect(place().fileSystem.list({ limit })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });
}
