import { expect, it } from "vitest";
import { deleteInBatches } from "../../src/filesystems/batch-deleting.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";

it("removes in batches, and by itself what a batch has left", async () => {
  const fileSystem = new MemoryFileSystem();
  for (const file of ["a", "b", "c"]) await fileSystem.write(file, "content");
  const batches: (readonly string[])[] = [];
  await deleteInBatches(fileSystem, ["./a", "b", "c"], { mostAtOnce: 2 }, async (files) => {
    batches.push(files);
    return files.filter((file) => file !== "a");
  });
  expect(batches).toEqual([["a", "b"], ["c"]]);
  expect((await fileSystem.list()).files.map(({ path }) => path)).toEqual(["a"]);
});
