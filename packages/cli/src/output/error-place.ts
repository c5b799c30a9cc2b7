/** Where in the user's code an error arose. */
import { fileURLToPath } from "node:url";

const MAX_FRAMES = 4;
/** The packages of Sluice stand next to this one, installed or in the repository. */
const OWN_PACKAGES = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * The lines of the error's stack that are about the user's code, innermost first: `at clean (/flows/report.ts:7:22)`, and
 * for code that cannot be parsed the place and the line of code. Empty when the error arose elsewhere.
 */
export function errorPlace(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const lines = error.stack.split("\n");
  if (error instanceof SyntaxError) return unparsedCode(lines);
  return lines
    .filter(isUserFrame)
    .slice(0, MAX_FRAMES)
    .map((line) => withPath(line.trim()));
}

function isUserFrame(line: string): boolean {
  const path = /[\s(]((?:file:\/\/)?(?:\/|[A-Za-z]:[\\/]).*):\d+:\d+\)?$/.exec(line)?.[1];
  if (path === undefined || !/^\s+at /.test(line)) return false;
  return !/[\\/]node_modules[\\/]/.test(path) && !isOwn(withPath(path));
}

function isOwn(path: string): boolean {
  return (
    path.startsWith(OWN_PACKAGES) && /^[^\\/]+[\\/](src|dist)[\\/]/.test(path.slice(OWN_PACKAGES.length))
  );
}

/** V8 writes place and code above the title of the stack of code that it could not parse. */
function unparsedCode(lines: readonly string[]): readonly string[] {
  const title = lines.findIndex((line) => /^SyntaxError\b/.test(line));
  if (title < 1 || !/:\d+$/.test(lines[0] ?? "")) return [];
  return lines
    .slice(0, title)
    .filter((line) => line.trim() !== "")
    .map(withPath);
}

function withPath(text: string): string {
  return text.replace(/file:\/\/[^\s()]+?(?=:\d)|file:\/\/\S+$/, (url) => fileURLToPath(url));
}
