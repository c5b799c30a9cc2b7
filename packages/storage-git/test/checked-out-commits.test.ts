import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkedOut } from "../src/checked-out-commits.ts";
import { temporaryDirectory } from "./git-remote.ts";

async function fill(directory: string): Promise<void> {
  await mkdir(directory);
  await writeFile(join(directory, "file"), "x");
}

it("keeps what was used last, and what may be in use", async () => {
  const root = await temporaryDirectory();
  const longAgo = new Date(Date.now() - 2 * 60 * 60_000);
  for (let index = 0; index < 25; index += 1) {
    const path = join(root, index === 24 ? ".incomplete-of-a-killed-process" : `old-${index}`);
    await mkdir(path);
    await utimes(path, longAgo, new Date(longAgo.getTime() + (24 - index) * 1000));
  }
  await checkedOut(root, "new", fill);
  const kept = await readdir(root);
  expect(kept).toHaveLength(21);
  expect(kept).toContain("new");
  expect(kept).toContain("old-0");
  expect(kept).not.toContain("old-23");
  expect(kept).not.toContain(".incomplete-of-a-killed-process");
});

it("fills a directory once, and several at once make one", async () => {
  const root = join(await temporaryDirectory(), "git");
  const found = await Promise.all([1, 2, 3].map(() => checkedOut(root, "commit", fill)));
  expect(new Set(found).size).toBe(1);
  await checkedOut(root, "commit", () => expect.unreachable());
  expect(await readdir(root)).toEqual(["commit"]);
});

it("leaves nothing of what could not be filled", async () => {
  const root = await temporaryDirectory();
  const failing = checkedOut(root, "commit", async (directory) => {
    await fill(directory);
    throw new Error("no network");
  });
  await expect(failing).rejects.toThrow("no network");
  expect(await readdir(root)).toEqual([]);
});
