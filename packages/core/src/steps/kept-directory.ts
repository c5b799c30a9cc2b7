/** Directories of pulled code that are kept between runs, by what is in them. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

/** More are kept only as long as they are new, since flows may be running in them. */
const KEPT = 20;
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * The directory for a key that names its content; `fill` is called if there is none. Nobody sees one that is half full:
 * it appears when it is complete, and of two that are filled at once the first is taken.
 */
export async function keptDirectory(
  parent: string,
  key: string,
  fill: (directory: string) => Promise<void>,
): Promise<string> {
  const name = createHash("sha256").update(key).digest("hex").slice(0, 24);
  const directory = join(parent, name);
  await mkdir(parent, { recursive: true });
  if (await isThere(directory)) {
    const now = new Date();
    await utimes(directory, now, now);
    return directory;
  }
  const temporary = join(parent, `.${name}-${randomUUID()}`);
  try {
    await mkdir(temporary);
    await fill(temporary);
    await rename(temporary, directory).catch(async (error: unknown) => {
      if (!(await isThere(directory))) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await removeOld(parent, name);
  return directory;
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

/** What another process removes at the same time is gone, which is what is wanted. */
async function removeOld(parent: string, newest: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name !== newest);
  if (names.length < KEPT) return;
  const entries = await Promise.all(
    names.map(async (name) => {
      const path = join(parent, name);
      const usedAt = await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => Number.POSITIVE_INFINITY,
      );
      return { path, usedAt };
    }),
  );
  const old = entries.toSorted((a, b) => b.usedAt - a.usedAt).slice(KEPT - 1);
  for (const { path, usedAt } of old) {
    if (usedAt < Date.now() - KEPT_MS) await rm(path, { recursive: true, force: true });
  }
}
