/** Tells people which line of a TOML file a key is on; the parser keeps no positions of values. */

const DOTTED_KEY = /^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=/;

/**
 * The line (from 1) that sets the key at `path`, such as `["profiles", "prod", "api", "url"]`. Knows table headers and
 * dotted keys; `undefined` for what is inside an inline table.
 */
export function tomlKeyLine(text: string, path: readonly string[]): number | undefined {
  const wanted = path.join("\0");
  let table: readonly string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const header = /^\s*\[([^[\]]+)\]\s*(#.*)?$/.exec(line)?.[1];
    if (header !== undefined) {
      table = splitKey(header);
      continue;
    }
    const key = DOTTED_KEY.exec(line)?.[1];
    if (key !== undefined && [...table, ...splitKey(key)].join("\0") === wanted) return index + 1;
  }
  return undefined;
}

function splitKey(key: string): readonly string[] {
  const parts = key.match(/"[^"]*"|'[^']*'|[\w-]+/g) ?? [];
  return parts.map((part) => part.replace(/^(["'])(.*)\1$/, "$2"));
}
