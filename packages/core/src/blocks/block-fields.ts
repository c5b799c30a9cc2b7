/** The definition behind a class of blocks, and the fields of a block. */
import type { Block } from "./block.ts";
import type { BlockDefinition } from "./block-definition.ts";
import { InvalidBlockTypeError } from "./block-errors.ts";
import type { BlockConstructor } from "./block-field.ts";

/** Definitions that `Block.define` has checked. */
const definitions = new WeakSet<object>();

export function rememberDefinition(definition: BlockDefinition): void {
  definitions.add(definition);
}

/** Whether a value, such as the export of a module, is a class of blocks. */
export function isBlockClass(value: unknown): value is BlockConstructor {
  return typeof value === "function" && findDefinition(value) !== undefined;
}

/** The definition of a class of blocks. */
export function definitionOf(type: object): BlockDefinition {
  const definition = findDefinition(type);
  if (definition !== undefined) return definition;
  const name = typeof type === "function" ? type.name : "";
  throw new InvalidBlockTypeError(name, "it does not extend Block.define({ … }).");
}

/** The fields of a block, without what its class adds. */
export function fieldsOf(block: Block): Readonly<Record<string, unknown>> {
  const { shape, def } = definitionOf(block.constructor).schema;
  const members: Readonly<Record<string, unknown>> = { ...block };
  const isField = (name: string): boolean => Object.hasOwn(shape, name) || def.catchall !== undefined;
  return Object.fromEntries(Object.entries(members).filter(([name]) => isField(name)));
}

function findDefinition(type: object): BlockDefinition | undefined {
  const definition = "definition" in type ? type.definition : undefined;
  return typeof definition === "object" && definition !== null && definitions.has(definition)
    ? (definition as BlockDefinition)
    : undefined;
}
