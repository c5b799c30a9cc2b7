/** Paths on a share, where names are Windows' names. */
import { normalizePath, PathOutsideRootError } from "@sluice/core";

/** What no name may have: the server would refuse it, or keep the file by another name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are among them.
const IMPOSSIBLE = /[\u0000-\u001f"*:<>?|]/;

/**
 * The one spelling of a path.
 *
 * @throws {PathOutsideRootError} when a share cannot have it
 */
export function sharePath(path: string): string {
  const normal = normalizePath(path);
  const reason = impossibleReason(normal);
  if (reason !== undefined) throw new PathOutsideRootError(path, reason);
  return normal;
}

/** Why no file of a share can be called so. */
export function impossibleReason(path: string): string | undefined {
  if (IMPOSSIBLE.test(path))
    return 'has a control character or one of " * : < > ? |, which no file of a share has';
  const ends = path.split("/").some((name) => /[. ]$/.test(name));
  return ends ? "has a name that ends in a dot or a space, which no file of a share has" : undefined;
}

/** What is before the name; empty or ending in a slash. */
export function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
