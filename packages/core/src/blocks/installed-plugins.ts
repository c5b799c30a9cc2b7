/** Finds the installed packages that say in their `package.json` that they have blocks. */
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { isSluiceError, SluiceError } from "@sluice/protocol";
import type { BlockConstructor } from "./block-field.ts";
import { isBlockClass } from "./block-fields.ts";

/** A package with `"sluice": { "blocks": "." }`. */
export interface InstalledPlugin {
  readonly name: string;
  readonly version: string | undefined;
  readonly description: string | undefined;
  /** Directory of the package. */
  readonly directory: string;
  /** Which of its `exports` has the classes of its blocks, such as `.` or `./blocks`. */
  readonly blocksExport: string;
}

/**
 * The plugins among the dependencies of the project that `directory` is in, and all of ours that are installed there,
 * by name.
 */
export async function installedPlugins(
  directory: string = process.cwd(),
): Promise<readonly InstalledPlugin[]> {
  const names = new Set([...(await dependenciesOf(directory)), ...(await ownPackages(directory))]);
  const plugins = await Promise.all([...names].toSorted().map((name) => findPlugin(name, directory)));
  return plugins.filter((plugin) => plugin !== undefined);
}

/**
 * The classes of blocks that a plugin's module exports.
 *
 * @throws {SluiceError} code `ENTRYPOINT` when the module cannot be loaded.
 */
export async function pluginBlocks(plugin: InstalledPlugin): Promise<readonly BlockConstructor[]> {
  try {
    return blockClassesIn(await importBlocks(plugin));
  } catch (cause) {
    if (isSluiceError(cause)) throw cause;
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError(
      "ENTRYPOINT",
      `The blocks of ${plugin.name} could not be loaded: ${words}. Install the package again, or see whether "sluice": { "blocks": … } in its package.json names one of its exports.`,
      { cause, details: { plugin: plugin.name } },
    );
  }
}

/** The classes of blocks among the exports of a module. */
export function blockClassesIn(module: object): readonly BlockConstructor[] {
  return [...new Set(Object.values(module).filter(isBlockClass))];
}

/** As this process finds it; failing that, as the package itself would. */
async function importBlocks({ name, blocksExport, directory }: InstalledPlugin): Promise<object> {
  const specifier = `${name}${blocksExport.slice(1)}`;
  try {
    return await import(specifier);
  } catch (error) {
    const isElsewhere =
      error instanceof Error &&
      "code" in error &&
      error.code === "ERR_MODULE_NOT_FOUND" &&
      error.message.includes(`'${name}'`);
    if (!isElsewhere) throw error;
    const path = createRequire(join(directory, "package.json")).resolve(specifier);
    return await import(pathToFileURL(path).href);
  }
}

async function findPlugin(name: string, directory: string): Promise<InstalledPlugin | undefined> {
  for (const parent of ancestors(directory)) {
    const found = join(parent, "node_modules", name);
    const manifest = await readManifest(found);
    if (manifest !== undefined) return pluginOf(name, found, manifest);
  }
  return undefined;
}

function pluginOf(name: string, directory: string, manifest: Manifest): InstalledPlugin | undefined {
  const { sluice, version, description } = manifest;
  const blocksExport = isRecord(sluice) ? sluice["blocks"] : undefined;
  if (typeof blocksExport !== "string" || !/^\.($|\/)/.test(blocksExport)) return undefined;
  return { name, version: textOf(version), description: textOf(description), directory, blocksExport };
}

type Manifest = Readonly<Record<string, unknown>>;

async function dependenciesOf(directory: string): Promise<readonly string[]> {
  for (const parent of ancestors(directory)) {
    const manifest = await readManifest(parent);
    if (manifest === undefined) continue;
    const kinds = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    return kinds.flatMap((kind) => Object.keys(isRecord(manifest[kind]) ? manifest[kind] : {}));
  }
  return [];
}

async function ownPackages(directory: string): Promise<readonly string[]> {
  const found = ancestors(directory).map(async (parent) => {
    const names = await unlessMissing(readdir(join(parent, "node_modules", "@sluice")));
    return (names ?? []).map((name) => `@sluice/${name}`);
  });
  return (await Promise.all(found)).flat();
}

async function readManifest(directory: string): Promise<Manifest | undefined> {
  const path = join(directory, "package.json");
  const text = await unlessMissing(readFile(path, "utf8"));
  if (text === undefined) return undefined;
  try {
    const manifest: unknown = JSON.parse(text);
    return isRecord(manifest) ? manifest : {};
  } catch (cause) {
    throw new SluiceError("ENTRYPOINT", `${path} is not JSON. Repair it, or install the package again.`, {
      cause,
    });
  }
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

function ancestors(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...ancestors(parent)];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
