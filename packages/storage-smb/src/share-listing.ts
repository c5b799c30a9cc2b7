/** What is below a directory of a share, in ascending order of paths. */
import type { ListQuery } from "@sluice/core";
import type { ListedFile } from "./protocol/answers.ts";
import type { ShareFiles } from "./protocol/share-files.ts";
import { directoryOf } from "./share-path.ts";
import { TEMPORARY_NAME } from "./share-writing.ts";
import { isMissing } from "./smb-file-error.ts";

/** A file, or a directory, whose path ends in a slash. */
export interface ListedPath extends ListedFile {
  readonly path: string;
}

export interface ListedShare {
  readonly files: ShareFiles;
  /** Directory of the share that paths are relative to; empty or ending in a slash. */
  readonly root: string;
}

/** What the query asks for and comes after its cursor: directories only where they stand for what is deeper. */
export async function* shareListing(
  share: ListedShare,
  query: ListQuery,
): AsyncGenerator<ListedPath, void, undefined> {
  yield* walk(share, directoryOf(query.prefix), query);
}

async function* walk(
  share: ListedShare,
  directory: string,
  query: ListQuery,
): AsyncGenerator<ListedPath, void, undefined> {
  for (const entry of await entriesOf(share, directory)) {
    if (!entry.path.startsWith(query.prefix) || isPassed(entry.path, query.cursor)) continue;
    if (entry.isDirectory && query.recursive) yield* walk(share, entry.path, query);
    else yield entry;
  }
}

/** Directories get their slash before sorting, so that the order is that of whole paths. */
async function entriesOf({ files, root }: ListedShare, directory: string): Promise<readonly ListedPath[]> {
  const path = `${root}${directory}`.replace(/\/$/, "");
  try {
    const entries = await files.withFile(path, "list", (opened) => files.list(opened));
    return entries
      .filter(({ name }) => !TEMPORARY_NAME.test(name))
      .map((entry) => ({ ...entry, path: `${directory}${entry.name}${entry.isDirectory ? "/" : ""}` }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  } catch (error) {
    // Never made, removed meanwhile, or a file: nothing is in it.
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Before or at the cursor; a directory only when all of it is. */
function isPassed(path: string, cursor: string | undefined): boolean {
  if (cursor === undefined || path > cursor) return false;
  return !(path.endsWith("/") && cursor.startsWith(path) && path !== cursor);
}
