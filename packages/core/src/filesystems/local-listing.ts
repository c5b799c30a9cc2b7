/** What is below a directory, in ascending order of paths. */
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ListQuery } from "./list-query.ts";
import { codeOf } from "./local-file-errors.ts";
import type { LocalRoot } from "./local-root.ts";

/** Files being written; a process that was killed may leave one. */
export const TEMPORARY_NAME: RegExp = /^\.sluice-[0-9a-f-]{36}\.tmp$/;

/**
 * Paths that the query asks for and that come after its cursor: files, and directories (ending in a slash) when they
 * stand for what is deeper. A link to a file inside the root is a file; a link to a directory is not followed.
 */
export async function* localListing(root: LocalRoot, query: ListQuery): AsyncGenerator<string> {
  const start = query.prefix.slice(0, query.prefix.lastIndexOf("/") + 1);
  if (start !== "" && !(await root.contains(join(root.path, start)))) return;
  yield* walk(root, start, query);
}

async function* walk(root: LocalRoot, directory: string, query: ListQuery): AsyncGenerator<string> {
  for (const path of await children(root, directory)) {
    if (!path.startsWith(query.prefix) || isPassed(path, query.cursor)) continue;
    if (path.endsWith("/") && query.recursive) yield* walk(root, path, query);
    else yield path;
  }
}

/** Before or at the cursor; a directory only when all of it is. */
function isPassed(path: string, cursor: string | undefined): boolean {
  return (
    cursor !== undefined &&
    path <= cursor &&
    !(path.endsWith("/") && cursor.startsWith(path) && path !== cursor)
  );
}

/** Directories get their slash before sorting, so that the order is that of whole paths. */
async function children(root: LocalRoot, directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await entriesOf(join(root.path, directory))) {
    // A backslash is allowed in names here but not in the paths of a file system.
    if (TEMPORARY_NAME.test(entry.name) || entry.name.includes("\\")) continue;
    const path = `${directory}${entry.name}`;
    if (entry.isDirectory()) found.push(`${path}/`);
    else if (entry.isFile()) found.push(path);
    else if (entry.isSymbolicLink() && (await root.contains(join(root.path, path)))) found.push(path);
  }
  return found.sort();
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (error) {
    // Never made, removed meanwhile, or a file: nothing is in it.
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
