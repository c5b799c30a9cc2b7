/** A block: typed configuration with a name, its secrets, and what can be done with them. */
import { type InspectOptions, inspect } from "node:util";
import { InvalidRequestError } from "@sluice/protocol";
import type { z } from "zod";
import { processRedactor } from "../logging/redactor.ts";
import { closestName } from "../settings/closest-name.ts";
import { blockApi } from "./block-api.ts";
import { rememberBlockClass } from "./block-classes.ts";
import { type BlockDefinition, checkDefinition } from "./block-definition.ts";
import { type BlockIssue, InvalidBlockError, InvalidBlockTypeError } from "./block-errors.ts";
import { type BlockConstructor, type BlockField, blockField } from "./block-field.ts";
import { definitionOf, fieldsOf, rememberDefinition } from "./block-fields.ts";
import { blockReference, parseBlockReference } from "./block-reference.ts";
import { deleteBlock, type LoadOptions, loadBlock, loadReference } from "./load-block.ts";
import { registerBlockType } from "./register-block-type.ts";
import { type SaveOptions, saveBlock, updateBlock } from "./save-block.ts";
import { savedPlace } from "./saved-places.ts";

/** What a block is made of: nothing need be given when every field may be left out. */
export type BlockArguments<Schema extends z.ZodObject> =
  Record<never, never> extends z.input<Schema> ? [fields?: z.input<Schema>] : [fields: z.input<Schema>];

/** A block with the fields of `Schema`. */
export type BlockOf<Schema extends z.ZodObject> = Block<z.input<Schema>> & Readonly<z.output<Schema>>;

/** The class of the blocks of one type, to be extended with what they can do. */
export interface BlockType<Schema extends z.ZodObject = z.ZodObject> {
  /** @throws {InvalidBlockError} naming the fields that do not fit. */
  new (...fields: BlockArguments<Schema>): BlockOf<Schema>;

  readonly definition: BlockDefinition<Schema>;

  /** A field, for the schema of another block, that holds a block of this type. */
  field<B extends Block>(this: BlockConstructor<B>): BlockField<B>;

  /**
   * The block of this type that is called `name` (`berlin` or `weather-api/berlin`): from the environment variable
   * `SLUICE_BLOCK_WEATHER_API__BERLIN` or, without that, from the server or history that the settings name.
   *
   * @throws {SluiceError} code `OBJECT_NOT_FOUND` when there is none.
   * @throws {InvalidBlockError} when it does not fit the schema, or what `migrate` makes of it does not.
   */
  load<B extends Block>(this: BlockConstructor<B>, name: string, options?: LoadOptions): Promise<B>;

  /** @throws {SluiceError} code `OBJECT_NOT_FOUND` when there is none. */
  delete(name: string, options?: LoadOptions): Promise<void>;

  /** Makes the type, its schema and the types it nests known to the server; the first `save` of a process does. */
  register(options?: LoadOptions): Promise<void>;
}

/**
 * What all blocks have. A type is a class that extends `Block.define(…)`:
 *
 * ```ts
 * class WeatherApi extends Block.define({
 *   slug: "weather-api",
 *   name: "Weather API",
 *   schema: z.object({ url: z.url(), token: secret() }),
 * }) {}
 *
 * const api = new WeatherApi({ url: "https://weather.example", token: "…" });
 * ```
 */
export abstract class Block<Input extends object = object> {
  /** Given by `define`. */
  static readonly definition: BlockDefinition | undefined = undefined;

  /**
   * A class with the fields of `definition.schema`, to be extended.
   *
   * @throws {InvalidBlockTypeError} when no server could take such a type.
   */
  static define<Schema extends z.ZodObject>(definition: BlockDefinition<Schema>): BlockType<Schema> {
    checkDefinition(definition);
    rememberDefinition(definition);
    const type = class extends Block {
      static override readonly definition: BlockDefinition = definition;
    };
    rememberBlockClass(definition.slug, type);
    return Object.assign(type, TYPE_METHODS) as unknown as BlockType<Schema>;
  }

  /**
   * The block that a reference such as `weather-api/berlin` names, as an instance of the class of its type: one that this
   * process has used or defined, else one of an installed plugin.
   *
   * @throws {UnknownBlockTypeError} when there is no such class.
   * @throws {SluiceError} code `OBJECT_NOT_FOUND` when there is no such block.
   */
  static async load(reference: string, options?: LoadOptions): Promise<Block> {
    return loadReference(reference, options);
  }

  constructor(fields: Input = {} as Input) {
    const { definition } = new.target;
    if (definition === undefined) {
      throw new InvalidBlockTypeError(new.target.name, "extend Block.define({ … }) instead of Block.");
    }
    rememberBlockClass(definition.slug, new.target as unknown as BlockConstructor);
    for (const [name, value] of Object.entries(parseFields(definition, fields))) {
      if (name in this) {
        throw new InvalidBlockTypeError(
          definition.slug,
          `its class has a member ${name}, as its schema has. Rename one.`,
        );
      }
      Object.defineProperty(this, name, { value, enumerable: true });
    }
  }

  get blockTypeSlug(): string {
    return definitionOf(this.constructor).slug;
  }

  /** The name the block was saved under or loaded by; `undefined` before, and for anonymous ones. */
  get blockName(): string | undefined {
    return savedPlace(this)?.name;
  }

  /** `weather-api/berlin`, or `weather-api` for a block without a name: what messages call it. */
  get blockReference(): string {
    return blockReference(this.blockTypeSlug, this.blockName);
  }

  /** Id of the block document that the block was saved to or loaded from. */
  get blockDocumentId(): string | undefined {
    return savedPlace(this)?.documentId;
  }

  /**
   * Saves the block under the name: small letters, digits and hyphens. Nested blocks that are saved become references,
   * others parts of this one.
   *
   * @throws {ConflictError} when a block of this type has the name, unless `overwrite` is true.
   */
  save(name: string, options: SaveOptions = {}): Promise<void> {
    return saveBlock(this, name, options);
  }

  /**
   * A block with other values in some fields. If this one is saved, the new one takes its place under its name.
   *
   * @throws {InvalidBlockError} when the new values do not fit; then nothing was saved.
   */
  update(changes: Partial<Input>, options: LoadOptions = {}): Promise<this> {
    return updateBlock(this, changes, options);
  }

  /** Slug, name and fields, as `inspect` shows them: secrets are asterisks. */
  toString(): string {
    return inspect(this, { breakLength: Number.POSITIVE_INFINITY });
  }

  /** For people and logs, and not the form that documents have: secrets are asterisks. */
  toJSON(): Readonly<Record<string, unknown>> {
    const { blockTypeSlug, blockName } = this;
    return { blockTypeSlug, ...(blockName !== undefined && { blockName }), ...fieldsOf(this) };
  }

  static {
    // Not a method with a computed name, whose declaration would need inference.
    Object.defineProperty(Block.prototype, inspect.custom, { value: shownBlock });
  }
}

/** What every class of blocks has; `this` is the class it is called on. */
const TYPE_METHODS = {
  field(this: BlockConstructor): BlockField<Block> {
    return blockField(this, rememberedSlug(this));
  },

  async load(this: BlockConstructor, name: string, options?: LoadOptions): Promise<Block> {
    return loadBlock(this, ownName(rememberedSlug(this), name), options);
  },

  async delete(this: BlockConstructor, name: string, options?: LoadOptions): Promise<void> {
    const slug = rememberedSlug(this);
    return deleteBlock({ slug, name: ownName(slug, name) }, options);
  },

  async register(this: BlockConstructor, options?: LoadOptions): Promise<void> {
    rememberedSlug(this);
    const { signal, api = await blockApi() } = options ?? {};
    await registerBlockType(this, api, { signal });
  },
};

function rememberedSlug(type: BlockConstructor): string {
  const { slug } = definitionOf(type);
  rememberBlockClass(slug, type);
  return slug;
}

/** The name in `name` or `slug/name`. */
function ownName(slug: string, text: string): string {
  if (!text.includes("/")) return text;
  const reference = parseBlockReference(text);
  if (reference.slug === slug) return reference.name;
  throw new InvalidRequestError(
    `The block ${text} is not of the type ${slug}. Load it with Block.load("${text}").`,
  );
}

function parseFields(definition: BlockDefinition, fields: object): Record<string, unknown> {
  const unknownFields = unknownFieldIssues(definition, fields);
  const parsed = definition.schema.safeParse(fields);
  if (parsed.success && unknownFields.length === 0) return parsed.data;
  const issues = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    path: path.map(String).join("."),
    message: processRedactor.redact(message),
  }));
  throw new InvalidBlockError(
    `"${definition.slug}"`,
    [...issues, ...unknownFields],
    `Its fields are: ${Object.keys(definition.schema.shape).join(", ")}.`,
  );
}

/** A misspelt optional field would be lost without a word. */
function unknownFieldIssues({ schema }: BlockDefinition, fields: object): readonly BlockIssue[] {
  if (schema.def.catchall !== undefined) return [];
  const known = Object.keys(schema.shape);
  return Object.keys(fields)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const closest = closestName(name, known);
      const hint = closest === undefined ? "" : `; did you mean ${closest}?`;
      return { path: name, message: `there is no such field${hint}` };
    });
}

function shownBlock(this: Block, depth: number, options: InspectOptions): string {
  const title = `${this.constructor.name || "Block"}(${this.blockReference})`;
  const fields = fieldsOf(this);
  if (depth < 0) return title;
  const inner = { ...options, depth: typeof options.depth === "number" ? options.depth - 1 : options.depth };
  return `${title} ${inspect(fields, inner)}`;
}
