/** Loads blocks: from the environment or, failing that, from the server or history that the settings name. */
import {
  type BlockDocument,
  isSluiceError,
  type OrchestrationApi,
  type SecretsWanted,
  SluiceError,
} from "@sluice/protocol";
import type { Block } from "./block.ts";
import { blockApi } from "./block-api.ts";
import { InvalidBlockError } from "./block-errors.ts";
import type { BlockConstructor } from "./block-field.ts";
import { definitionOf } from "./block-fields.ts";
import { type BlockReference, blockReference, parseBlockReference } from "./block-reference.ts";
import { blockVariable, environmentData } from "./environment-blocks.ts";
import { findBlockClass } from "./find-block-class.ts";
import { givenBlock } from "./given-blocks.ts";
import { makeBlock, type NestedMaker, type NestedSource } from "./make-block.ts";

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  /** The server or history that keeps the block. Default: that of the run which the calling code belongs to, else that of the settings. */
  readonly api?: OrchestrationApi | undefined;
}

/** The block of this type and name. */
export async function loadBlock(
  type: BlockConstructor,
  name: string,
  options: LoadOptions = {},
): Promise<Block> {
  const reference = { slug: definitionOf(type).slug, name };
  const given = givenBlock(blockReference(reference.slug, name));
  if (given !== undefined && !isFields(given)) return given as Block;
  const data = given ?? environmentData(reference);
  if (data !== undefined) {
    const variable = given === undefined ? blockVariable(reference) : undefined;
    const place = { name, documentId: undefined, variable };
    return makeBlock(type, { data, place, isWritten: true }, nestedMaker(options));
  }
  const call = { ...options, api: options.api ?? (await blockApi()) };
  return blockOf(type, await getDocument(reference, { include_secrets: true }, call), call);
}

/** The block that a reference such as `secret/api-key` names, as an instance of the class of its type. */
export async function loadReference(text: string, options: LoadOptions = {}): Promise<Block> {
  const { slug, name } = parseBlockReference(text);
  const given = givenBlock(text);
  if (given !== undefined && !isFields(given)) return given as Block;
  return loadBlock(await findBlockClass(slug), name, options);
}

/** The block of a document's id, as an instance of the class of its type. */
export async function loadDocument(id: string, options: LoadOptions = {}): Promise<Block> {
  const { signal, api = await blockApi() } = options;
  const document = await api.blockDocuments.get(id, { include_secrets: true }, { signal });
  return blockOf(await findBlockClass(slugOf(document)), document, { signal, api });
}

/**
 * A block that is saved nowhere yet, of fields that a person wrote: names in either form, nested blocks as their data or
 * as references such as `aws-credentials/prod`.
 *
 * @throws {UnknownBlockTypeError} when no class has the slug.
 * @throws {InvalidBlockError} naming the fields that do not fit or do not exist.
 */
export async function blockFromData(
  slug: string,
  data: Readonly<Record<string, unknown>>,
  options: LoadOptions = {},
): Promise<Block> {
  return makeBlock(await findBlockClass(slug), { data, isWritten: true }, nestedMaker(options));
}

/** Removes the block of this type and name. */
export async function deleteBlock(reference: BlockReference, options: LoadOptions = {}): Promise<void> {
  const { signal, api = await blockApi() } = options;
  const { id } = await getDocument(reference, {}, { api, signal });
  await api.blockDocuments.delete(id, { signal });
}

/**
 * Makes blocks of what the data of a block, or a person, has in the place of a nested one: the data of a document, a
 * reference `{"$ref": …}` to one, or a text such as `aws-credentials/prod`.
 */
export function nestedMaker(options: LoadOptions): NestedMaker {
  return async (source) => {
    const { value } = source;
    if (typeof value === "string" && value.includes("/")) return loadReference(value, options);
    return isRecord(value) ? makeNested(value, source, options) : value;
  };
}

async function makeNested(
  data: Readonly<Record<string, unknown>>,
  source: NestedSource,
  options: LoadOptions,
): Promise<unknown> {
  const { $ref: target } = data;
  if (isRecord(target)) {
    const { block_document_id: id, block_document_slug: slug } = target;
    if (typeof id === "string") return loadDocument(id, options);
    if (typeof slug === "string") return loadReference(slug, options);
  }
  const document = source.reference?.block_document;
  const type = await nestedClass(document?.block_type.slug ?? data["block_type_slug"], source);
  // Only the document itself says which schema it was written with.
  if (document !== undefined && definitionOf(type).migrate !== undefined) {
    return loadDocument(document.id, options);
  }
  const place = document && {
    name: nameOf(document),
    documentId: document.id,
    location: options.api?.location,
  };
  // Declarations of recursive schemas end after one level.
  const references = document?.block_document_references as
    | BlockDocument["block_document_references"]
    | undefined;
  return makeBlock(type, { data, references, place }, nestedMaker(options));
}

/** The field's own class is preferred: others may have defined the slug too. */
async function nestedClass(slug: unknown, { types }: NestedSource): Promise<BlockConstructor> {
  const [first, ...others] = types;
  if (typeof slug === "string") {
    return types.find((type) => definitionOf(type).slug === slug) ?? findBlockClass(slug);
  }
  if (first !== undefined && others.length === 0) return first;
  const slugs = types.map((type) => definitionOf(type).slug);
  const message = `a nested block does not say of which type it is. Give it block_type_slug: ${slugs.join(" or ")}.`;
  throw new SluiceError("INVALID_BLOCK", `A block cannot be made of its data: ${message}`);
}

function blockOf(type: BlockConstructor, document: BlockDocument, options: LoadOptions): Promise<Block> {
  const { data, block_document_references: references, block_schema: schema } = document;
  const source = {
    data,
    references,
    place: { name: nameOf(document), documentId: document.id, location: options.api?.location },
    origin: schema === null ? undefined : { checksum: schema.checksum, version: schema.version },
  };
  return makeBlock(type, source, nestedMaker(options));
}

async function getDocument(
  reference: BlockReference,
  wanted: SecretsWanted,
  options: LoadOptions,
): Promise<BlockDocument> {
  const { slug, name } = reference;
  const { signal, api = await blockApi() } = options;
  try {
    return await api.blockDocuments.getByName(slug, name, wanted, { signal });
  } catch (cause) {
    if (!isSluiceError(cause, "OBJECT_NOT_FOUND")) throw cause;
    const text = blockReference(slug, name);
    throw new SluiceError(
      "OBJECT_NOT_FOUND",
      `There is no block ${text} in ${api.location}. Save one, declare it in the environment as ${blockVariable(reference)}, or see "sluice block ls".`,
      { cause, details: { block: text } },
    );
  }
}

function slugOf(document: BlockDocument): string {
  const type = document.block_type ?? document.block_schema?.block_type;
  if (type) return type.slug;
  throw new InvalidBlockError(
    document.id,
    [{ path: "", message: "the server does not say of which type it is" }],
    "Load it by its type and name.",
  );
}

function nameOf(document: {
  readonly name: string | null;
  readonly is_anonymous: boolean;
}): string | undefined {
  return document.is_anonymous ? undefined : (document.name ?? undefined);
}

/** Whether what a test gives are the fields of a block; otherwise it stands for the block. */
function isFields(given: object): given is Readonly<Record<string, unknown>> {
  const isPlain = Object.getPrototypeOf(given) === Object.prototype;
  return isPlain && !Object.values(given).some((member) => typeof member === "function");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
