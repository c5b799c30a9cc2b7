/** The classes of blocks that this process has defined, by slug. */
import type { BlockConstructor } from "./block-field.ts";

const classes = new Map<string, BlockConstructor>();

/**
 * Remembers a class for its slug. The class that `Block.define` gives is known at once, one that extends it from its first
 * use on: nothing in JavaScript tells that a class was extended.
 */
export function rememberBlockClass(slug: string, type: BlockConstructor): void {
  const known = classes.get(slug);
  if (known === type || (known !== undefined && isInside(known, type))) return;
  classes.set(slug, type);
}

/** The class for the slug that was used or, failing that, defined last. */
export function rememberedBlockClass(slug: string): BlockConstructor | undefined {
  return classes.get(slug);
}

/** Whether `type` is an ancestor of `known`, and so says less. */
function isInside(known: BlockConstructor, type: BlockConstructor): boolean {
  return Object.prototype.isPrototypeOf.call(type, known);
}
