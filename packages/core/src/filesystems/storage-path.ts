/** Paths of files in a file system: relative, with forward slashes, never out of the root. */
import { PathOutsideRootError } from "./file-system-errors.ts";

/**
 * The one spelling of a file's path: `./a//b` becomes `a/b`. Everything else, such as spaces, `%`, unicode and leading dots,
 * stays as it is.
 *
 * @throws {PathOutsideRootError} when the path is empty, absolute, has a `..`, a backslash or a NUL, cannot be written
 * in UTF-8, or ends in a slash
 */
export function normalizePath(path: string): string {
  const normal = normalSegments(path).join("/");
  if (normal === "") throw new PathOutsideRootError(path, "names no file");
  if (path.endsWith("/")) throw new PathOutsideRootError(path, "ends in a slash, so it names no file");
  return normal;
}

/**
 * The one spelling of a prefix: as for a path, but it may be empty, and a slash at its end stays.
 *
 * @throws {PathOutsideRootError} as `normalizePath`
 */
export function normalizePrefix(prefix: string): string {
  const normal = normalSegments(prefix).join("/");
  return normal !== "" && prefix.endsWith("/") ? `${normal}/` : normal;
}

function normalSegments(path: string): string[] {
  if (path.startsWith("/") || /^[A-Za-z]:(\/|\\|$)/.test(path)) {
    throw new PathOutsideRootError(path, "is absolute");
  }
  if (path.includes("\\")) throw new PathOutsideRootError(path, "has a backslash");
  if (path.includes("\0")) throw new PathOutsideRootError(path, "has a NUL character");
  if (/\p{Surrogate}/u.test(path)) throw new PathOutsideRootError(path, "is not valid unicode");
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (segments.includes("..")) throw new PathOutsideRootError(path, 'has a ".." segment');
  return segments;
}
