/** The directories of a repository: asked for once, since what an id names never changes. */
import { FileSystemError, type ListQuery } from "@sluice/core";
import type { RepositoryApi, TreeEntry } from "./repository-api.ts";

/** Entries of directories that are remembered. */
const MAX_REMEMBERED = 200_000;
/** Git's id of a directory with nothing in it, which GitHub does not answer for. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

type Signal = AbortSignal | undefined;

export class RepositoryTrees {
  readonly #api: RepositoryApi;
  /** The entries of each tree, sorted; the least recently used first. */
  readonly #levels = new Map<string, readonly TreeEntry[]>();
  readonly #rootOfCommit = new Map<string, string>();
  #remembered = 0;

  constructor(api: RepositoryApi) {
    this.#api = api;
  }

  /** The id of a commit's tree. */
  async rootOf(commit: string, signal: Signal): Promise<string> {
    const known = this.#rootOfCommit.get(commit);
    if (known !== undefined) return known;
    const { sha, tree, truncated } = await this.#api.tree(commit, false, signal);
    if (!truncated) this.#remember(sha, tree);
    this.#rootOfCommit.clear();
    this.#rootOfCommit.set(commit, sha);
    return sha;
  }

  /** What is at a path below a tree; the empty path is the tree itself. */
  async find(root: string, path: string, signal: Signal): Promise<TreeEntry | undefined> {
    let entry: TreeEntry | undefined = { path: "", mode: "040000", type: "tree", sha: root };
    for (const name of path.split("/").filter((segment) => segment !== "")) {
      if (entry?.type !== "tree") return undefined;
      const level: readonly TreeEntry[] =
        this.#recall(entry.sha) ?? (await this.#fetchLevel(entry.sha, signal));
      entry = level.find((each) => each.path === name);
    }
    return entry;
  }

  /**
   * What a query asks for below a tree, in ascending order of paths: files, and directories (their paths end in a slash)
   * when they stand for what is deeper. Links and submodules are left out.
   */
  async *list(root: string, query: ListQuery, signal: Signal): AsyncGenerator<TreeEntry, void, undefined> {
    const start = query.prefix.slice(0, query.prefix.lastIndexOf("/") + 1);
    const directory = await this.find(root, start, signal);
    if (directory?.type === "tree") yield* this.#walk({ ...directory, path: start }, query, signal);
  }

  async *#walk(
    directory: TreeEntry,
    query: ListQuery,
    signal: Signal,
  ): AsyncGenerator<TreeEntry, void, undefined> {
    const level = await this.#level(directory.sha, query.recursive, signal);
    for (const entry of level) {
      const path = `${directory.path}${entry.path}${entry.type === "tree" ? "/" : ""}`;
      const isInside = path.startsWith(query.prefix) || (query.recursive && query.prefix.startsWith(path));
      if (!isInside || isPassed(path, query.cursor)) continue;
      if (entry.type === "tree" && query.recursive) yield* this.#walk({ ...entry, path }, query, signal);
      else if (entry.type === "tree" || isFile(entry)) yield { ...entry, path };
    }
  }

  /** @param isAllWanted - whether what is deeper is going to be asked for too */
  async #level(sha: string, isAllWanted: boolean, signal: Signal): Promise<readonly TreeEntry[]> {
    return this.#recall(sha) ?? (isAllWanted ? this.#fetchAll(sha, signal) : this.#fetchLevel(sha, signal));
  }

  async #fetchLevel(sha: string, signal: Signal): Promise<readonly TreeEntry[]> {
    const { tree, truncated } = await this.#api.tree(sha, false, signal);
    if (truncated)
      throw new FileSystemError("A directory has more files than GitHub tells. Use storage-git.");
    return this.#remember(sha, tree);
  }

  /** All that is below a tree, with one call; when that is too much for GitHub, its first level. */
  async #fetchAll(sha: string, signal: Signal): Promise<readonly TreeEntry[]> {
    const { tree, truncated } = await this.#api.tree(sha, true, signal);
    if (truncated) return this.#fetchLevel(sha, signal);
    const ids = new Map(tree.filter(({ type }) => type === "tree").map((entry) => [entry.path, entry.sha]));
    const levels = new Map<string, TreeEntry[]>(["", ...ids.keys()].map((path) => [path, []]));
    for (const entry of tree) {
      const slash = entry.path.lastIndexOf("/");
      levels
        .get(entry.path.slice(0, Math.max(slash, 0)))
        ?.push({ ...entry, path: entry.path.slice(slash + 1) });
    }
    for (const [path, entries] of levels) this.#remember(ids.get(path) ?? sha, entries);
    return sorted(levels.get("") ?? []);
  }

  #recall(sha: string): readonly TreeEntry[] | undefined {
    if (sha === EMPTY_TREE) return [];
    const level = this.#levels.get(sha);
    if (level === undefined) return undefined;
    this.#levels.delete(sha);
    this.#levels.set(sha, level);
    return level;
  }

  #remember(sha: string, entries: readonly TreeEntry[]): readonly TreeEntry[] {
    const level = sorted(entries);
    if (!this.#levels.has(sha)) this.#remembered += 1 + level.length;
    this.#levels.set(sha, level);
    for (const [oldest, { length }] of this.#levels) {
      if (this.#remembered <= MAX_REMEMBERED) break;
      this.#levels.delete(oldest);
      this.#remembered -= 1 + length;
    }
    return level;
  }
}

/** Whether an entry is a file, not a link or a submodule. */
export function isFile({ type, mode }: TreeEntry): boolean {
  return type === "blob" && mode !== "120000";
}

/** Directories as if they had their slash, so that the order is that of whole paths. */
function sorted(entries: readonly TreeEntry[]): readonly TreeEntry[] {
  const key = ({ path, type }: TreeEntry): string => (type === "tree" ? `${path}/` : path);
  return entries.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** Before or at the cursor; a directory only when all of it is. */
function isPassed(path: string, cursor: string | undefined): boolean {
  if (cursor === undefined || path > cursor) return false;
  return !(path.endsWith("/") && cursor.startsWith(path) && path !== cursor);
}
