/**
 * A resolve hook that has TypeScript files taken for ES modules although their `package.json` does not say
 * `"type": "module"`. As CommonJS they would get copies of their own of the ES modules they import, this package's core
 * among them, and a flow of another copy is no flow here.
 */
import { readFile } from "node:fs/promises";
import type { ResolveHook } from "node:module";
import { fileURLToPath } from "node:url";

/** Asks the other hooks, then corrects the format of TypeScript files that are written as ES modules. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const resolved = await nextResolve(specifier, context);
  const url = resolved.url.replace(TSX_MARK, "");
  return (await isEsModule({ ...resolved, url })) ? { ...resolved, url, format: "module" } : resolved;
};

/** What tsx adds to the URL of a file that it takes for CommonJS: under it the file would be loaded a second time. */
const TSX_MARK = /(?:%3F|\?)tsx-commonjs-export-preparse.*$/;

async function isEsModule({
  url,
  format,
}: {
  url: string;
  format?: string | null | undefined;
}): Promise<boolean> {
  if (format === "module" || !url.startsWith("file:") || url.includes("/node_modules/")) return false;
  const { pathname } = new URL(url);
  if (!/\.tsx?$/.test(pathname)) return false;
  const source = await readFile(fileURLToPath(new URL(pathname, "file:///")), "utf8");
  return /(?:^|;)\s*(?:import|export)\b/m.test(source);
}
