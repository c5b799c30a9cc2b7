import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Block } from "@sluice/core/blocks";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const PACKAGES = join(import.meta.dirname, "..", "..");
/** What every program with flows and blocks has loaded, and what costs nothing. */
const EVERYWHERE = /^(node:|zod$|@sluice\/)/;

describe.each(pluginPackages())("the plugin %s", (name) => {
  const directory = join(PACKAGES, name);

  it("does not load what it talks through before it is used", async () => {
    expect(await loadedAtOnce(directory)).toEqual([]);
  });

  it("has each of its blocks go through the suite", async () => {
    const exports: unknown = await import(join(directory, "src", "index.ts"));
    const blocks = Object.entries(exports as object).filter(([, value]) => isBlockClass(value));
    const tests = testsOf(directory);
    expect(blocks).not.toEqual([]);
    expect(blocks.map(([block]) => block).filter((block) => !tests.includes(`type: ${block},`))).toEqual([]);
  });
});

/** Those with blocks. */
function pluginPackages(): readonly string[] {
  return readdirSync(PACKAGES).filter((name) => {
    const { sluice } = JSON.parse(readFileSync(join(PACKAGES, name, "package.json"), "utf8")) as {
      readonly sluice?: { readonly blocks?: string };
    };
    return sluice?.blocks !== undefined;
  });
}

/** The packages of others that come with an import of the plugin, and not only with a call. */
async function loadedAtOnce(directory: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [join(directory, "src", "index.ts")],
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    splitting: true,
    outdir: "unused",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const entry = Object.values(metafile.outputs).find(({ entryPoint }) =>
    entryPoint?.endsWith("src/index.ts"),
  );
  const seen = new Set<string>();
  const found = new Set<string>();
  const visit = (imports: NonNullable<typeof entry>["imports"]): void => {
    for (const { path, kind, external } of imports) {
      if (kind !== "import-statement" || seen.has(path)) continue;
      seen.add(path);
      if (external === true) found.add(path);
      else visit(metafile.outputs[path]?.imports ?? []);
    }
  };
  visit(entry?.imports ?? []);
  return [...found].filter((path) => !EVERYWHERE.test(path)).toSorted();
}

function isBlockClass(value: unknown): boolean {
  return typeof value === "function" && value.prototype instanceof Block;
}

function testsOf(directory: string): string {
  const tests = join(directory, "test");
  return readdirSync(tests)
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(tests, file), "utf8"))
    .join("\n");
}
