/** Where in the source a flow or task was defined. */
import { fileURLToPath, pathToFileURL } from "node:url";

export interface DefinitionSite {
  /** Absolute path of the module. */
  readonly path: string;
  readonly line: number;
  /** URLs of the modules whose code was running, the nearest first: a factory's, then that of who called it. */
  readonly modules: readonly string[];
}

/** How far up it is looked who called a factory of flows or tasks. */
const FRAMES = 10;

/**
 * Remembers the caller of `definer` (`flow` or `task`). The stack is only captured; it is formatted, which is the
 * expensive part, when somebody asks.
 */
export function captureSite(definer: (...args: never[]) => unknown): () => DefinitionSite | undefined {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  Error.captureStackTrace(holder, definer);
  Error.stackTraceLimit = limit;
  let site: DefinitionSite | undefined;
  return () => {
    site ??= parseSite(holder.stack ?? "");
    return site;
  };
}

/** The place at the end of a line of a stack: a path or `file:` URL, perhaps in parentheses, with line and column. */
const PLACE = /(?:\(|at (?:async )?)((?:file:\/\/)?\/[^()\n]*|[A-Za-z]:[\\/][^()\n]*):(\d+):\d+\)?\s*$/gm;

/** What tsx calls a module that it makes CommonJS of for an `import`: all its code, then its path. */
const TSX_PLACE = /data:text\/javascript,[^\n]*[?&]filePath=([^:\n)]+)/g;

function parseSite(rawStack: string): DefinitionSite | undefined {
  const stack = rawStack.replace(TSX_PLACE, (_, path: string) => decodeURIComponent(path));
  const frames = [...stack.matchAll(PLACE)];
  const [nearest] = frames;
  if (nearest === undefined) return undefined;
  const [, place = "", line = "0"] = nearest;
  const modules = [...new Set(frames.map(([, module = ""]) => urlOf(module)))];
  return { path: fileURLToPath(urlOf(place).replace(/\?.*$/, "")), line: Number(line), modules };
}

function urlOf(place: string): string {
  return place.startsWith("file://") ? place : pathToFileURL(place).href;
}
