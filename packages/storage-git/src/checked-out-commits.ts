/** Commits that were checked out are kept, since they never change, and are shared by all processes of a user. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

/** Beyond these, what nobody has used for a while is removed. */
const MOST_KEPT = 20;
const IN_USE_MS = 60 * 60_000;

/**
 * The directory with what `key` names, filled by `fill` if it is not there yet. Others see it when it is complete.
 *
 * @param root - where such directories are kept
 */
export async function checkedOut(
  root: string,
  key: string,
  fill: (directory: string) => Promise<void>,
): Promise<string> {
  const directory = join(root, key);
  if (await isUsable(directory)) return directory;
  await mkdir(root, { recursive: true, mode: 0o700 });
  await removeUnused(root);
  const incomplete = join(root, `.incomplete-${randomUUID()}`);
  try {
    await fill(incomplete);
    await putInPlace(incomplete, directory);
  } finally {
    await rm(incomplete, { recursive: true, force: true });
  }
  return directory;
}

/** Also marks it as used. */
async function isUsable(directory: string): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(directory, now, now);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Another process may have been faster: what it made is the same. */
async function putInPlace(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const code = codeOf(error);
    const isThere = code === "ENOTEMPTY" || code === "EEXIST" || code === "EPERM";
    if (!isThere || !(await isUsable(to))) throw error;
  }
}

/** Also what a process left that was killed. */
async function removeUnused(root: string): Promise<void> {
  const names = await readdir(root);
  const found = await Promise.all(names.map((name) => usedAt(join(root, name))));
  const oldestLast = found.filter((each) => each !== undefined).toSorted((a, b) => b.usedMs - a.usedMs);
  for (const { path, usedMs } of oldestLast.slice(MOST_KEPT)) {
    if (Date.now() - usedMs > IN_USE_MS) await rm(path, { recursive: true, force: true });
  }
}

async function usedAt(path: string): Promise<{ readonly path: string; readonly usedMs: number } | undefined> {
  try {
    return { path, usedMs: (await stat(path)).mtimeMs };
  } catch (error) {
    // Another process removed it meanwhile.
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
