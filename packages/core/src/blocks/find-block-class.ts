/** From the slug of a block type to its class. */

import { rememberBlockClass, rememberedBlockClass } from "./block-classes.ts";
import { UnknownBlockTypeError } from "./block-errors.ts";
import type { BlockConstructor } from "./block-field.ts";
import { definitionOf } from "./block-fields.ts";
import { installedPlugins, pluginBlocks } from "./installed-plugins.ts";

/**
 * The class that this process has defined or, failing that, an installed plugin has.
 *
 * @throws {UnknownBlockTypeError} when there is none, saying what to install or import.
 */
export async function findBlockClass(slug: string): Promise<BlockConstructor> {
  const known = rememberedBlockClass(slug);
  // What `define` gave may have been extended by a class that was not used yet.
  if (known !== undefined && !Object.hasOwn(known, "definition")) return known;
  const troubles = await loadPlugins();
  const found = rememberedBlockClass(slug);
  if (found !== undefined) return found;
  throw new UnknownBlockTypeError(slug, [REMEDY, ...troubles].join(" "));
}

const REMEDY =
  'Import the module that defines it, or install the package that has it; "sluice plugin ls" shows those there are.';

/** What could not be loaded, in sentences. */
let loading: Promise<readonly string[]> | undefined;

/** Loads the installed plugins, once per process. */
function loadPlugins(): Promise<readonly string[]> {
  loading ??= loadAll();
  return loading;
}

async function loadAll(): Promise<readonly string[]> {
  const plugins = await installedPlugins();
  const outcomes = await Promise.allSettled(plugins.map(pluginBlocks));
  const troubles: string[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") troubles.push((outcome.reason as Error).message);
    else for (const type of outcome.value) rememberBlockClass(definitionOf(type).slug, type);
  }
  return troubles;
}
