/** Where in the source a flow or task was defined. */
import { fileURLToPath } from "node:url";

export interface DefinitionSite {
  /** Absolute path of the module. */
  readonly path: string;
  readonly line: number;
}

/**
 * Remembers the caller of `definer` (`flow` or `task`). The stack is only captured; it is formatted, which is the
 * expensive part, when somebody asks.
 */
export function captureSite(definer: (...args: never[]) => unknown): () => DefinitionSite | undefined {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, definer);
  Error.stackTraceLimit = limit;
  let site: DefinitionSite | undefined;
  return () => {
    site ??= parseSite(holder.stack ?? "");
    return site;
  };
}

function parseSite(stack: string): DefinitionSite | undefined {
  const frame = /\(?((?:file:\/\/)?\/[^()]*?|(?:file:\/\/\/)?[A-Za-z]:[^()]*?):(\d+):\d+\)?\s*$/m.exec(stack);
  if (frame === null) return undefined;
  const [, place = "", line = "0"] = frame;
  const path = place.startsWith("file://") ? fileURLToPath(place.replace(/\?.*$/, "")) : place;
  return { path, line: Number(line) };
}
