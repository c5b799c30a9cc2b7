/** Between paths of a file system and the keys of a place that has no directories, such as a bucket. */
import { PathOutsideRootError } from "./file-system-errors.ts";
import { normalizePath, normalizePrefix } from "./storage-path.ts";

export class ObjectPaths {
  /** Begins the key of every file; empty or ending in a slash. */
  readonly folder: string;

  /** @throws {PathOutsideRootError} when the folder has a `..` */
  constructor(folder: string) {
    const normal = normalizePrefix(folder.replace(/^\/+/, ""));
    this.folder = normal === "" || normal.endsWith("/") ? normal : `${normal}/`;
  }

  /** Of a path or a prefix that has been normalised. */
  keyOf(path: string): string {
    return `${this.folder}${path}`;
  }

  /**
   * Of a key; undefined for keys that other programs made and no path leads to, such as the `folder/` of a console or
   * `a//b`.
   */
  pathOf(key: string): string | undefined {
    if (!key.startsWith(this.folder)) return undefined;
    const path = key.slice(this.folder.length);
    return isNormal(path) ? path : undefined;
  }

  /** The same for what stands for deeper keys, which ends in a slash. */
  directoryOf(keyPrefix: string): string | undefined {
    if (!keyPrefix.endsWith("/")) return undefined;
    const path = this.pathOf(keyPrefix.slice(0, -1));
    return path === undefined ? undefined : `${path}/`;
  }
}

function isNormal(path: string): boolean {
  try {
    return normalizePath(path) === path;
  } catch (error) {
    if (error instanceof PathOutsideRootError) return false;
    throw error;
  }
}
