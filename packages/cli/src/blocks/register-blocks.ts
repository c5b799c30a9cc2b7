/** Registers the block types of a package or a file. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { EntrypointError } from "@sluice/core";
import {
  type BlockConstructor,
  blockClassesIn,
  definitionOf,
  installedPlugins,
  pluginBlocks,
  registerBlockType,
} from "@sluice/core/blocks";
import { InvalidRequestError } from "@sluice/protocol";
import type { HistoryContext } from "../history/with-history.ts";
import { loadTypeScript } from "../running/load-typescript.ts";

export interface RegisterOptions {
  readonly package?: string;
  readonly file?: string;
  readonly json?: true;
}

/**
 * Registers every class of blocks among the exports, and writes their slugs.
 *
 * @throws {EntrypointError} when the module cannot be loaded or exports none.
 */
export async function registerBlocks(
  options: RegisterOptions,
  { api, printer }: HistoryContext,
): Promise<void> {
  const types = await typesOf(options);
  for (const type of types) await registerBlockType(type, api);
  const registered = types.map((type) => definitionOf(type)).map(({ slug, name }) => ({ slug, name }));
  if (options.json) {
    printer.json(registered);
    return;
  }
  printer.table({ columns: ["TYPE", "NAME"], rows: registered.map(({ slug, name }) => [slug, name]) });
  printer.hint(`Registered in ${api.location}. sluice block create <type>/<name> makes a block.`);
}

async function typesOf({ package: name, file }: RegisterOptions): Promise<readonly BlockConstructor[]> {
  if ((name === undefined) === (file === undefined)) {
    throw new InvalidRequestError("Give either --package or --file.");
  }
  const types = file === undefined ? await packageTypes(name ?? "") : await fileTypes(resolve(file));
  if (types.length > 0) return types;
  throw new EntrypointError(
    `${name ?? file} exports no class of blocks. Export what extends Block.define({ … }).`,
  );
}

async function packageTypes(name: string): Promise<readonly BlockConstructor[]> {
  const plugins = await installedPlugins();
  const plugin = plugins.find((each) => each.name === name);
  if (plugin !== undefined) return pluginBlocks(plugin);
  const known = plugins.map((each) => each.name).join(", ") || "none";
  throw new EntrypointError(
    `${name} is not installed here, or its package.json has no "sluice": { "blocks": … }. Plugins here: ${known}.`,
  );
}

async function fileTypes(path: string): Promise<readonly BlockConstructor[]> {
  if (!existsSync(path)) throw new EntrypointError(`There is no file ${path}.`);
  await loadTypeScript();
  try {
    return blockClassesIn((await import(pathToFileURL(path).href)) as object);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new EntrypointError(`${path} could not be loaded: ${words}.`, cause);
  }
}
