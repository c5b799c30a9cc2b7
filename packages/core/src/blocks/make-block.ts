/** Makes blocks of the data of documents. */
import type { BlockDocument } from "@sluice/protocol";
import type { Block } from "./block.ts";
import { NO_VERSION, type SchemaOrigin } from "./block-definition.ts";
import { InvalidBlockError } from "./block-errors.ts";
import type { BlockConstructor } from "./block-field.ts";
import { definitionOf } from "./block-fields.ts";
import { blockReference } from "./block-reference.ts";
import { blockSchemaOnWire } from "./block-schema-fields.ts";
import { declaredMembers, fromWireNames } from "./document-data.ts";
import { formsOf } from "./field-forms.ts";
import { type SavedPlace, setSavedPlace } from "./saved-places.ts";
import { wireName } from "./wire-names.ts";

type Members = Readonly<Record<string, unknown>>;
type References = BlockDocument["block_document_references"];

/** The data of a document, with what is known about it. */
export interface BlockSource {
  /** Names as on the wire or as in code. */
  readonly data: Members;
  /** The documents that parts of the data come from. */
  readonly references?: References | undefined;
  /** Absent when the data is part of another document. */
  readonly place?: SavedPlace | undefined;
  /** The schema it was written with; absent when it was written for the present one. */
  readonly origin?: SchemaOrigin | undefined;
  /** Whether a person wrote it, so that a field that does not exist is a mistake. Programs may know more fields. */
  readonly isWritten?: boolean | undefined;
}

/** A value in the place of a nested block, and what is known about it. */
export interface NestedSource {
  readonly value: unknown;
  /** The classes that the field takes. */
  readonly types: readonly BlockConstructor[];
  readonly reference: References[string] | undefined;
}

/** Makes the block of a value; values that are no description of one are given back. */
export type NestedMaker = (source: NestedSource) => Promise<unknown>;

/**
 * A block of the class, with its nested blocks, brought from an older schema to the present one if need be.
 *
 * @throws {InvalidBlockError} naming the block, the fields and the remedy.
 */
export async function makeBlock(
  type: BlockConstructor,
  source: BlockSource,
  makeNested: NestedMaker,
): Promise<Block> {
  const definition = definitionOf(type);
  const { schema } = definition;
  const data = fromWireNames(schema, withoutMarks(source.data)) as Record<string, unknown>;
  for (const [name, field] of Object.entries(schema.shape)) {
    const types = formsOf(field).flatMap((form) => (form.kind === "block" ? [form.type] : []));
    if (types.length === 0 || data[name] === undefined) continue;
    const reference = source.references?.[wireName(name)];
    data[name] = await makeNested({ value: data[name], types, reference });
  }
  const block = construct(type, migrated(type, data, source), source);
  if (source.place !== undefined) setSavedPlace(block, source.place);
  return block;
}

/** What Prefect's clients write beside the fields. */
const MARKS: readonly string[] = [
  "block_type_slug",
  "_block_document_id",
  "_block_document_name",
  "_is_anonymous",
];

function withoutMarks(data: Members): Members {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !MARKS.includes(name)));
}

function migrated(type: BlockConstructor, data: Members, source: BlockSource): Members {
  const { migrate, version, slug } = definitionOf(type);
  const { origin } = source;
  if (migrate === undefined || origin === undefined || isPresent(type, version, origin)) return data;
  try {
    return migrate(data, origin);
  } catch (cause) {
    // Its words may show what is in the data, which holds secrets as they are.
    throw new InvalidBlockError(
      quoted(slug, source),
      [{ path: "", message: "migrate() of its type threw" }],
      `It has to take what version ${origin.version} (${origin.checksum}) wrote.`,
      { cause },
    );
  }
}

function isPresent(type: BlockConstructor, version: string | undefined, origin: SchemaOrigin): boolean {
  return blockSchemaOnWire(type).checksum === origin.checksum && (version ?? NO_VERSION) === origin.version;
}

function construct(type: BlockConstructor, data: Members, source: BlockSource): Block {
  const { schema, slug } = definitionOf(type);
  try {
    const fields = source.isWritten === true ? data : declaredMembers(schema, data);
    return new (type as new (fields: Members) => Block)(fields);
  } catch (error) {
    if (!(error instanceof InvalidBlockError)) throw error;
    throw new InvalidBlockError(quoted(slug, source), error.issues, remedyFor(source));
  }
}

const GIVE = "Give it values that fit.";

function quoted(slug: string, { place }: BlockSource): string {
  return `"${blockReference(slug, place?.name)}"`;
}

function remedyFor({ place, origin, isWritten }: BlockSource): string {
  if (place?.variable !== undefined) return `It comes from the environment variable ${place.variable}.`;
  if (place === undefined) return isWritten === true ? GIVE : "It is part of another block: save that again.";
  const written = origin === undefined ? "" : ` It was written with version ${origin.version} of its schema.`;
  return `Save it again with values that fit, or give its type a migrate().${written}`;
}
