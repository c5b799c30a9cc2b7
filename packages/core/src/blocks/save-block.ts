/** Writes blocks to documents. */
import {
  type ApiCallOptions,
  ConflictError,
  InvalidRequestError,
  isSluiceError,
  type OrchestrationApi,
} from "@sluice/protocol";
import { z } from "zod";
import type { Block } from "./block.ts";
import { blockApi } from "./block-api.ts";
import type { BlockConstructor } from "./block-field.ts";
import { definitionOf, fieldsOf } from "./block-fields.ts";
import { BLOCK_NAME, blockReference } from "./block-reference.ts";
import { toWireNames } from "./document-data.ts";
import type { LoadOptions } from "./load-block.ts";
import { forgetRegistrations, type RegisteredType, registerOnce } from "./register-block-type.ts";
import { savedPlace, setSavedPlace } from "./saved-places.ts";

export interface SaveOptions extends LoadOptions {
  /** Whether a block of this type and name is replaced. Default false: that is an error. */
  readonly overwrite?: boolean | undefined;
}

/** Saves the block under the name, after registering its type if this process has not yet. */
export async function saveBlock(block: Block, name: string, options: SaveOptions): Promise<void> {
  const reference = blockReference(block.blockTypeSlug, name);
  if (!BLOCK_NAME.test(name)) {
    throw new InvalidRequestError(
      `A block cannot be called "${name}". Use small letters, digits and hyphens.`,
    );
  }
  const { signal, api = await blockApi() } = options;
  const documentId = await whenRegistered(block, api, { signal }, (registered) =>
    writeDocument({ api, block, name, reference, registered }, options),
  );
  setSavedPlace(block, { name, documentId, location: api.location });
}

/** A block with changed fields, in the place of this one if it is saved. */
export async function updateBlock<B extends Block>(
  block: B,
  changes: object,
  options: LoadOptions,
): Promise<B> {
  const { schema } = definitionOf(block.constructor);
  const given = z.encode(schema, fieldsOf(block) as z.output<typeof schema>);
  const changed = new (block.constructor as new (fields: object) => B)({ ...given, ...changes });
  const place = savedPlace(block);
  if (place === undefined) return changed;
  if (place.documentId === undefined) {
    const { variable } = place;
    const origin = variable === undefined ? "a test" : `the environment variable ${variable}`;
    throw new InvalidRequestError(
      `The block ${blockReference(block.blockTypeSlug, place.name)} comes from ${origin}. Change it there, or save it under a name.`,
    );
  }
  const { signal, api = await blockApi() } = options;
  const { documentId } = place;
  await whenRegistered(block, api, { signal }, ({ schemaId }) =>
    replaceDocument({ api, block: changed, schemaId }, documentId, { signal }),
  );
  setSavedPlace(changed, place);
  return changed;
}

/**
 * The data of the block's document, secrets included. Blocks in it that are saved at `location` are references, others are
 * inside.
 */
export function documentData(block: Block, location?: string): Record<string, unknown> {
  const { schema, slug } = definitionOf(block.constructor);
  const given = z.encode(schema, fieldsOf(block) as z.output<typeof schema>);
  const data = toWireNames(schema, given) as Record<string, unknown>;
  const members = Object.entries(data).map(([name, value]) => [
    name,
    isBlock(value) ? nested(value, location) : value,
  ]);
  // By it clients tell the types apart that a field may hold.
  return { ...Object.fromEntries(members), block_type_slug: slug };
}

/** Does `work` with what the block's document has to refer to; again if that was deleted since it was registered. */
async function whenRegistered<T>(
  block: Block,
  api: OrchestrationApi,
  { signal }: ApiCallOptions,
  work: (registered: RegisteredType) => Promise<T>,
): Promise<T> {
  const type = block.constructor as BlockConstructor;
  try {
    return await work(await registerOnce(type, api, { signal }));
  } catch (error) {
    if (!isSluiceError(error, "OBJECT_NOT_FOUND")) throw error;
    forgetRegistrations(api);
    return await work(await registerOnce(type, api, { signal }));
  }
}

interface Writing {
  readonly api: OrchestrationApi;
  readonly block: Block;
  readonly name: string;
  readonly reference: string;
  readonly registered: RegisteredType;
}

async function writeDocument(writing: Writing, options: SaveOptions): Promise<string> {
  const { api, block, name, reference, registered } = writing;
  const call: ApiCallOptions = { signal: options.signal };
  const data = documentData(block, api.location);
  try {
    const created = await api.blockDocuments.create(
      { name, data, block_schema_id: registered.schemaId, block_type_id: registered.typeId },
      call,
    );
    return created.id;
  } catch (error) {
    if (!isSluiceError(error, "CONFLICT")) throw error;
    if (options.overwrite !== true) {
      throw new ConflictError(
        `There is a block ${reference} already. Save with { overwrite: true } to replace it, or under another name.`,
        { cause: error, details: { block: reference } },
      );
    }
  }
  const { id } = await api.blockDocuments.getByName(block.blockTypeSlug, name, {}, call);
  await replaceDocument({ api, block, schemaId: registered.schemaId }, id, call);
  return id;
}

async function replaceDocument(
  writing: { readonly api: OrchestrationApi; readonly block: Block; readonly schemaId: string },
  id: string,
  options: ApiCallOptions,
): Promise<void> {
  const { api, block, schemaId } = writing;
  const changes = {
    data: documentData(block, api.location),
    block_schema_id: schemaId,
    merge_existing_data: false,
  };
  await api.blockDocuments.update(id, changes, options);
}

function nested(block: Block, location: string | undefined): unknown {
  const place = savedPlace(block);
  const isReference = place?.documentId !== undefined && place.location === location;
  return isReference ? { $ref: { block_document_id: place.documentId } } : documentData(block, location);
}

function isBlock(value: unknown): value is Block {
  return typeof value === "object" && value !== null && "blockTypeSlug" in value;
}
