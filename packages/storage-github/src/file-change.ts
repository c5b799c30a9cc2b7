/** Changes of files, and what they make of a tree. */
import { FileExistsError, FileNotFoundError, FileSystemError } from "@sluice/core";
import type { NewEntry, TreeEntry } from "./repository-api.ts";

const NEW_FILE_MODE = "100644";

/** What is to be at a path. */
export type FileChange =
  | {
      readonly kind: "write";
      readonly path: string;
      /** Git's id of the content. */
      readonly sha: string;
      /** The content, where it is text that may be sent with the tree. */
      readonly text?: string | undefined;
      readonly ifAbsent: boolean;
    }
  | { readonly kind: "copy"; readonly path: string; readonly from: string }
  | { readonly kind: "delete"; readonly path: string };

export interface PlannedChanges {
  /** What differs from the tree. */
  readonly entries: readonly NewEntry[];
  /** Changes that cannot be, by their place in the list. */
  readonly refusals: ReadonlyMap<number, Error>;
}

/** What is at a path of the tree that is going to be changed. */
type Find = (path: string) => Promise<TreeEntry | undefined>;

interface PlannedFile {
  readonly sha: string;
  readonly mode: string;
  readonly text?: string | undefined;
}

/** Applies the changes one after the other; `find` looks into the tree as it is before them. */
export async function planChanges(
  changes: readonly FileChange[],
  find: Find,
  location: string,
): Promise<PlannedChanges> {
  const plan = new Plan(find, location);
  const refusals = new Map<number, Error>();
  for (const [index, change] of changes.entries()) {
    const refusal = await plan.apply(change);
    if (refusal !== undefined) refusals.set(index, refusal);
  }
  return { entries: await plan.entries(), refusals };
}

class Plan {
  readonly #find: Find;
  readonly #location: string;
  /** Files by path; null for those removed. */
  readonly #files = new Map<string, PlannedFile | null>();

  constructor(find: Find, location: string) {
    this.#find = find;
    this.#location = location;
  }

  /** Why the change cannot be; then nothing is changed. */
  async apply(change: FileChange): Promise<Error | undefined> {
    const { path } = change;
    const present = await this.#at(path);
    if (change.kind === "delete") {
      if (present !== undefined) this.#files.set(path, null);
      return undefined;
    }
    if (change.kind === "write" && change.ifAbsent && present !== undefined) {
      return new FileExistsError(path, this.#location);
    }
    const source = change.kind === "copy" ? await this.#at(change.from) : change;
    if (source === undefined) return new FileNotFoundError((change as { from: string }).from, this.#location);
    const obstacle = await this.#obstacle(path);
    if (obstacle !== undefined) return this.#blocked(path, obstacle);
    const mode = "mode" in source ? source.mode : (present?.mode ?? NEW_FILE_MODE);
    this.#files.set(path, { sha: source.sha, mode, text: source.text });
    return undefined;
  }

  async entries(): Promise<readonly NewEntry[]> {
    const entries: NewEntry[] = [];
    for (const [path, file] of this.#files) {
      const before = await this.#find(path);
      if (file === null) {
        if (before !== undefined) entries.push({ path, mode: before.mode, sha: null });
      } else if (before?.sha !== file.sha || before.mode !== file.mode) {
        const content = file.text === undefined ? { sha: file.sha } : { content: file.text };
        entries.push({ path, mode: file.mode, ...content });
      }
    }
    return entries;
  }

  async #at(path: string): Promise<PlannedFile | undefined> {
    const planned = this.#files.get(path);
    if (planned !== undefined) return planned ?? undefined;
    const entry = await this.#find(path);
    return entry?.type === "blob" ? entry : undefined;
  }

  /** A directory where the file is to be, or a file where one of its directories is to be: git would replace either. */
  async #obstacle(path: string): Promise<string | undefined> {
    if ([...this.#files].some(([other, file]) => file !== null && other.startsWith(`${path}/`))) return path;
    const entry = this.#files.has(path) ? undefined : await this.#find(path);
    if (entry !== undefined && entry.type !== "blob") return path;
    for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
      const parent = path.slice(0, slash);
      if ((await this.#at(parent)) !== undefined) return parent;
    }
    return undefined;
  }

  #blocked(path: string, obstacle: string): Error {
    const what =
      obstacle === path ? "there is a directory of this name" : `"${obstacle}" is a file, not a directory`;
    return new FileSystemError(
      `Cannot write "${path}" in ${this.#location}: ${what}. Use another path, or remove what is there.`,
      { details: { path, location: this.#location } },
    );
  }
}
