import { describe, expect, it } from "vitest";
import { ObjectPaths } from "../../src/filesystems/object-paths.ts";

describe("paths of objects", () => {
  it.each(["", "/", "some/folder", "/some//folder/"])("lead to keys in the folder %j and back", (folder) => {
    const paths = new ObjectPaths(folder);
    const key = paths.keyOf("a/b.txt");
    expect(key).toBe(folder.length < 2 ? "a/b.txt" : "some/folder/a/b.txt");
    expect(paths.pathOf(key)).toBe("a/b.txt");
    expect(paths.directoryOf(paths.keyOf("a/"))).toBe("a/");
  });

  it("are not there for keys that no path leads to", () => {
    const paths = new ObjectPaths("folder");
    for (const key of ["folder/", "folder/a/", "folder/a//b", "folder/../b", "other/a", "folder"]) {
      expect(paths.pathOf(key)).toBeUndefined();
    }
    expect(paths.directoryOf("folder/a")).toBeUndefined();
    expect(paths.directoryOf("folder//")).toBeUndefined();
  });

  it("cannot be in a folder that leads out", () => {
    expect(() => new ObjectPaths("a/../..")).toThrow(expect.objectContaining({ code: "PATH_OUTSIDE_ROOT" }));
  });
});
