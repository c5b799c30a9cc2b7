/** Makes block types and their schemas known to a server. */
import {
  type ApiCallOptions,
  type BlockType,
  type BlockTypeUpdate,
  isSluiceError,
  type OrchestrationApi,
} from "@sluice/protocol";
import { type BlockDefinition, NO_VERSION } from "./block-definition.ts";
import type { BlockConstructor } from "./block-field.ts";
import { definitionOf } from "./block-fields.ts";
import { blockSchemaOnWire, nestedTypes } from "./block-schema-fields.ts";

/** What a document has to refer to. */
export interface RegisteredType {
  readonly typeId: string;
  readonly schemaId: string;
}

const registered = new WeakMap<OrchestrationApi, Map<BlockDefinition, Promise<RegisteredType>>>();

/** Registers the type, with the types of its nested blocks first, once per process and API. */
export function registerOnce(
  type: BlockConstructor,
  api: OrchestrationApi,
  options?: ApiCallOptions,
): Promise<RegisteredType> {
  const types = registered.get(api) ?? new Map<BlockDefinition, Promise<RegisteredType>>();
  registered.set(api, types);
  const definition = definitionOf(type);
  let registering = types.get(definition);
  if (registering === undefined) {
    registering = registerBlockType(type, api, options);
    types.set(definition, registering);
    registering.catch(() => types.delete(definition));
  }
  return registering;
}

/** Forgets what was registered: somebody may have deleted it since. */
export function forgetRegistrations(api: OrchestrationApi): void {
  registered.delete(api);
}

/** Creates type and schema where they are missing, and brings what the type says of itself up to date. */
export async function registerBlockType(
  type: BlockConstructor,
  api: OrchestrationApi,
  options?: ApiCallOptions,
): Promise<RegisteredType> {
  for (const nested of nestedTypes(type)) await registerOnce(nested, api, options);
  const definition = definitionOf(type);
  const { id: typeId } = await typeOnServer(definition, api, options);
  const schema = await api.blockSchemas.create(
    {
      fields: { ...blockSchemaOnWire(type).fields },
      block_type_id: typeId,
      capabilities: [...(definition.capabilities ?? [])],
      version: definition.version ?? NO_VERSION,
    },
    options,
  );
  return { typeId, schemaId: schema.id };
}

async function typeOnServer(
  definition: BlockDefinition,
  api: OrchestrationApi,
  options?: ApiCallOptions,
): Promise<BlockType> {
  const { slug, name } = definition;
  const shown = shownMembers(definition);
  const known = await findType(slug, api, options);
  if (known === undefined) return createType({ slug, name, ...shown }, api, options);
  const isCurrent = Object.entries(shown).every(([member, value]) => known[member as ShownMember] === value);
  // What a server installed itself it describes itself.
  if (!isCurrent && !known.is_protected) await api.blockTypes.update(known.id, shown, options);
  return known;
}

async function createType(
  type: { readonly slug: string; readonly name: string } & BlockTypeUpdate,
  api: OrchestrationApi,
  options?: ApiCallOptions,
): Promise<BlockType> {
  try {
    return await api.blockTypes.create(type, options);
  } catch (error) {
    // Another process may have been faster.
    const found = isSluiceError(error, "CONFLICT") ? await findType(type.slug, api, options) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}

async function findType(
  slug: string,
  api: OrchestrationApi,
  options?: ApiCallOptions,
): Promise<BlockType | undefined> {
  try {
    return await api.blockTypes.getBySlug(slug, options);
  } catch (error) {
    if (isSluiceError(error, "OBJECT_NOT_FOUND")) return undefined;
    throw error;
  }
}

type ShownMember = keyof BlockTypeUpdate;

/** Only what the definition says: what it leaves out somebody may have written on the server. */
function shownMembers(definition: BlockDefinition): BlockTypeUpdate {
  const { slug, logoUrl, documentationUrl, description } = definition;
  const codeExample = definition.codeExample ?? exampleOf(slug);
  return {
    ...(logoUrl !== undefined && { logo_url: logoUrl }),
    ...(documentationUrl !== undefined && { documentation_url: documentationUrl }),
    ...(description !== undefined && { description }),
    code_example: codeExample,
  };
}

function exampleOf(slug: string): string {
  return [
    "```ts",
    'import { Block } from "@sluice/core/blocks";',
    "",
    `const block = await Block.load("${slug}/my-block");`,
    "```",
  ].join("\n");
}
