/** Between paths of the file system and keys of the bucket. */
import { normalizePath, normalizePrefix, PathOutsideRootError } from "@sluice/core";

export class BucketPaths {
  /** Begins the key of every file; empty or ending in a slash. */
  readonly #folder: string;

  constructor(folder: string) {
    const normal = normalizePrefix(folder.replace(/^\/+/, ""));
    this.#folder = normal === "" || normal.endsWith("/") ? normal : `${normal}/`;
  }

  get folder(): string {
    return this.#folder;
  }

  /** Of a path or a prefix that has been normalised. */
  keyOf(path: string): string {
    return `${this.#folder}${path}`;
  }

  /**
   * Of a key as a listing gives it, encoded as in a URL; undefined for keys that other programs made and no path leads
   * to, such as the `folder/` of a console or `a//b`.
   */
  pathOf(encodedKey: string | undefined): string | undefined {
    const path = this.#decodedPath(encodedKey);
    return path !== undefined && isNormal(path) ? path : undefined;
  }

  /** The same for what stands for deeper keys, which ends in a slash. */
  directoryOf(encodedPrefix: string | undefined): string | undefined {
    const path = this.#decodedPath(encodedPrefix);
    return path?.endsWith("/") === true && isNormal(path.slice(0, -1)) ? path : undefined;
  }

  #decodedPath(encoded: string | undefined): string | undefined {
    const key = decodeURIComponent((encoded ?? "").replaceAll("+", " "));
    return key.startsWith(this.#folder) ? key.slice(this.#folder.length) : undefined;
  }
}

/** As `CopyObject` wants the source to be named. */
export function copySource(bucket: string, key: string): string {
  return `${bucket}/${key}`.split("/").map(encodeURIComponent).join("/");
}

function isNormal(path: string): boolean {
  try {
    return normalizePath(path) === path;
  } catch (error) {
    if (error instanceof PathOutsideRootError) return false;
    throw error;
  }
}
