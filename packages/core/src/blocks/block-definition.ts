/** What a block type is defined by. */
import type { z } from "zod";
import { InvalidBlockTypeError } from "./block-errors.ts";
import { checkFields } from "./check-fields.ts";

/** The schema that a document was written with. */
export interface SchemaOrigin {
  readonly checksum: string;
  readonly version: string;
}

/** Values of fields by name, as they are before they are checked. */
export type BlockData = Readonly<Record<string, unknown>>;

export interface BlockDefinition<Schema extends z.ZodObject = z.ZodObject> {
  /** Name of the type in references such as `weather-api/berlin`: small letters, digits and hyphens. */
  readonly slug: string;
  /** Name of the type for people. */
  readonly name: string;
  readonly description?: string | undefined;
  readonly logoUrl?: string | undefined;
  readonly documentationUrl?: string | undefined;
  /** Markdown. Default: how to load a block of this type. */
  readonly codeExample?: string | undefined;
  /** The fields: a zod object. Their names are `snake_case` on the wire. */
  readonly schema: Schema;
  /** What blocks of this type can do, such as `notify`, for those who look for one that can. Default: nothing. */
  readonly capabilities?: readonly string[] | undefined;
  /** Version of the schema. Default "non-versioned". */
  readonly version?: string | undefined;
  /**
   * Brings the data of a document that was written with another schema to this one, before it is checked. Names are
   * `camelCase`, nested blocks are blocks.
   */
  readonly migrate?: ((data: BlockData, from: SchemaOrigin) => BlockData) | undefined;
}

/** The version of schemas that do not say one. */
export const NO_VERSION = "non-versioned";

/** What every block has, and no field may be called. */
const RESERVED: readonly string[] = [
  "constructor",
  "blockName",
  "blockDocumentId",
  "blockTypeSlug",
  "blockReference",
  "save",
  "update",
  "toJSON",
  "toString",
  "valueOf",
];

/**
 * @throws {InvalidBlockTypeError} when a server could not take the type or its documents.
 */
export function checkDefinition({ slug, name, schema }: BlockDefinition): void {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) {
    throw new InvalidBlockTypeError(slug, "a slug has small letters, digits and single hyphens only.");
  }
  if (name.trim() === "" || /[/%&><]/.test(name)) {
    throw new InvalidBlockTypeError(slug, "its name must be a text without / % & > <.");
  }
  const reserved = RESERVED.find((word) => Object.hasOwn(schema.shape, word));
  if (reserved !== undefined) {
    throw new InvalidBlockTypeError(slug, `every block has a member ${reserved}. Rename the field.`);
  }
  checkFields(slug, schema);
}
