/** A directory as the root of a file system, with symbolic links that lead out of it refused. */
import { mkdir, realpath, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { PathOutsideRootError } from "./file-system-errors.ts";
import { codeOf } from "./local-file-errors.ts";

export class LocalRoot {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * The absolute path of a file that is to be read.
   *
   * @throws {PathOutsideRootError} when links lead out of the root
   */
  async locate(path: string): Promise<string> {
    const absolute = join(this.path, path);
    await this.#checkInside(absolute, path);
    return absolute;
  }

  /**
   * The absolute path of a file that is to be written, its directories made. The file itself may be a link: writing
   * replaces the link, not what it leads to.
   *
   * @throws {PathOutsideRootError} when links lead out of the root
   */
  async prepare(path: string): Promise<string> {
    const absolute = join(this.path, path);
    const directory = dirname(absolute);
    if (!(await this.#checkInside(directory, path))) await makeDirectory(directory);
    return absolute;
  }

  /**
   * The absolute path of an entry whose own links do not matter, because it is to be removed.
   *
   * @throws {PathOutsideRootError} when its directory leads out of the root
   */
  async locateEntry(path: string): Promise<string> {
    const absolute = join(this.path, path);
    await this.#checkInside(dirname(absolute), path);
    return absolute;
  }

  /** Whether a path, followed through its links, is the root or below; false too when it does not exist. */
  async contains(absolute: string): Promise<boolean> {
    const [root, real] = await Promise.all([realPathOf(this.path), realPathOf(absolute)]);
    return root !== undefined && real !== undefined && isBelow(real, root);
  }

  /** Says whether it exists. What does not exist yet is where its nearest existing directory is. */
  async #checkInside(absolute: string, path: string): Promise<boolean> {
    const root = await realPathOf(this.path);
    if (root === undefined) return false;
    for (let current = absolute; current.length > this.path.length; current = dirname(current)) {
      const real = await realPathOf(current);
      if (real === undefined) continue;
      if (isBelow(real, root)) return current === absolute;
      throw new PathOutsideRootError(path, `leads out of ${this.path} through a symbolic link`);
    }
    return absolute.length <= this.path.length;
  }
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
}

/** By hand, since a recursive `mkdir` hides why it failed: ENOENT on a read-only disk, EEXIST behind a file. */
async function makeDirectory(path: string): Promise<void> {
  const code = await failureOfMkdir(path);
  if (code === undefined) return;
  if (code === "ENOENT") {
    await makeDirectory(dirname(path));
    // Another writer may have made it meanwhile.
    if ((await failureOfMkdir(path)) !== "EEXIST") return;
  }
  if ((await stat(path)).isDirectory()) return;
  throw Object.assign(new Error(`${path} is a file`), { code: "ENOTDIR" });
}

/** The code of the failures that may be none. */
async function failureOfMkdir(path: string): Promise<"ENOENT" | "EEXIST" | undefined> {
  try {
    await mkdir(path);
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "EEXIST") return code;
    throw error;
  }
}

async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
