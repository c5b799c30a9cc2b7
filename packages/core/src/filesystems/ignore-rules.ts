/** Which files of a directory are left out of a transfer. */
import { type FileAddress, readText } from "./file-operations.ts";
import { FileNotFoundError } from "./file-system-errors.ts";

export interface IgnoreRules {
  /** Files to leave out, by their path below the directory: a function, or patterns as in a `.gitignore`. */
  readonly ignore?: ((path: string) => boolean) | readonly string[] | undefined;
  /**
   * A file of the directory that has more patterns, such as `.gitignore`; without it nothing more is left out. The file
   * itself is not.
   */
  readonly ignoreFile?: string | undefined;
}

export interface LeftOut {
  file(path: string): boolean;
  /** For paths that end in a slash: whether all that is below is left out. Absent when only files can tell. */
  readonly directory?: ((path: string) => boolean) | undefined;
}

/** The rules that are in force for a directory, whose path is empty or ends in a slash. */
export async function leftOut(
  directory: FileAddress,
  rules: IgnoreRules & { readonly signal?: AbortSignal | undefined },
): Promise<LeftOut> {
  const { ignore = [], ignoreFile, signal } = rules;
  const lines = ignoreFile === undefined ? "" : await textOf(directory, ignoreFile, signal);
  const predicate = typeof ignore === "function" ? ignore : undefined;
  const patterns = [...(typeof ignore === "function" ? [] : ignore), ...lines.split(/\r?\n/)];
  if (patterns.every((pattern) => pattern.trim() === "")) return { file: predicate ?? (() => false) };
  // Loaded when needed: most transfers take everything.
  const { default: ignoring } = await import("ignore");
  const matcher = ignoring({ ignorecase: false }).add(patterns);
  return {
    file: (path) => predicate?.(path) === true || matcher.ignores(path),
    directory: (path) => matcher.ignores(path),
  };
}

async function textOf(
  directory: FileAddress,
  name: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    return await readText(directory.fileSystem, `${directory.path}${name}`, { signal });
  } catch (error) {
    if (error instanceof FileNotFoundError) return "";
    throw error;
  }
}
