/** The schema of a block type as servers keep it: JSON Schema, with what they have to know of secrets and nested blocks. */
import { blockSchemaChecksum } from "@sluice/protocol";
import { z } from "zod";
import type { BlockDefinition } from "./block-definition.ts";
import { InvalidBlockTypeError } from "./block-errors.ts";
import { type BlockConstructor, nestedType } from "./block-field.ts";
import { definitionOf } from "./block-fields.ts";
import { toWireNames } from "./document-data.ts";
import { formsOf } from "./field-forms.ts";
import { wireName } from "./wire-names.ts";

type Json = Readonly<Record<string, unknown>>;

/** Member `fields` of a block schema on the wire. */
export interface BlockSchemaFields {
  readonly [member: string]: unknown;
  readonly title: string;
  readonly block_type_slug: string;
  readonly properties: Readonly<Record<string, Json>>;
  /** Paths of the secrets, with dots; `*` is every member. */
  readonly secret_fields: readonly string[];
  readonly definitions?: Readonly<Record<string, Json>>;
}

export interface BlockSchemaOnWire {
  readonly fields: BlockSchemaFields;
  readonly checksum: string;
}

const known = new WeakMap<BlockDefinition, BlockSchemaOnWire>();

/**
 * The fields and their checksum; the same for every class of one definition.
 *
 * @throws {InvalidBlockTypeError} when something in the schema has no JSON Schema.
 */
export function blockSchemaOnWire(type: BlockConstructor): BlockSchemaOnWire {
  const definition = definitionOf(type);
  let found = known.get(definition);
  if (found === undefined) {
    const fields = makeFields(definition);
    found = { fields, checksum: blockSchemaChecksum(fields) };
    known.set(definition, found);
  }
  return found;
}

/** The classes of the blocks that blocks of this type may hold. */
export function nestedTypes(type: BlockConstructor): readonly BlockConstructor[] {
  const { shape } = definitionOf(type).schema;
  return [...new Set(Object.values(shape).flatMap(typesIn))];
}

function makeFields(definition: BlockDefinition): BlockSchemaFields {
  const { slug, description, schema } = definition;
  const { $schema, properties, definitions, ...others } = jsonSchema(definition);
  const nested = Object.entries(schema.shape)
    .map(([name, field]) => [wireName(name), typesIn(field)] as const)
    .filter(([, types]) => types.length > 0);
  const blocks = nested.flatMap(([, types]) => types).map(blockSchemaOnWire);
  const allDefinitions = Object.assign(
    {},
    definitions,
    ...blocks.map(({ fields }) => fields.definitions),
    ...blocks.map(({ fields: { definitions: _, ...fields } }) => ({ [fields.title]: fields })),
  );
  const members = { ...(properties as BlockSchemaFields["properties"]) };
  return {
    ...others,
    title: titleOf(slug),
    ...(description !== undefined && { description }),
    type: "object",
    properties: members,
    block_type_slug: slug,
    secret_fields: secretFields(members, allDefinitions),
    block_schema_references: Object.fromEntries(nested.map(([name, types]) => [name, referencesTo(types)])),
    ...(Object.keys(allDefinitions).length > 0 && { definitions: allDefinitions }),
  };
}

/** With names as on the wire, and references in the places of nested blocks. */
function jsonSchema({ slug, schema }: BlockDefinition): Json {
  try {
    return z.toJSONSchema(schema, {
      target: "draft-7",
      io: "input",
      override: ({ zodSchema, jsonSchema: node }) => adaptNode(zodSchema, node as Record<string, unknown>),
    }) as Json;
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidBlockTypeError(slug, `its schema has no JSON Schema: ${words}`, { cause });
  }
}

function adaptNode(schema: z.core.$ZodType, node: Record<string, unknown>): void {
  const type = nestedType(schema);
  if (type !== undefined) node["$ref"] = `#/definitions/${titleOf(definitionOf(type).slug)}`;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "object") adaptObject(node);
  // What a default shows of a secret is asterisks, which nobody should take for a value.
  if (node["writeOnly"] === true) delete node["default"];
  else if (def.type === "default") node["default"] = toWireNames(schema, node["default"]);
}

/** Zod calls for an object and for each thing made of it: what is renamed already stays. */
function adaptObject(node: Record<string, unknown>): void {
  const properties = Object.entries((node["properties"] ?? {}) as Readonly<Record<string, Json>>);
  node["properties"] = Object.fromEntries(
    properties.map(([name, property]) => [wireName(name), { title: words(name), ...property }]),
  );
  const { required } = node;
  if (Array.isArray(required)) node["required"] = required.map((name: string) => wireName(name));
}

/** The title of a type's schema, which is its name among the definitions of another: `S3Bucket` for `s3-bucket`. */
function titleOf(slug: string): string {
  return slug.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** `max_age_seconds` → `Max Age Seconds`. */
function words(name: string): string {
  return wireName(name)
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(" ");
}

function typesIn(schema: z.core.$ZodType): readonly BlockConstructor[] {
  return formsOf(schema).flatMap((form) => (form.kind === "block" ? [form.type] : []));
}

function referencesTo(types: readonly BlockConstructor[]): unknown {
  const references = types.map((type) => ({
    block_type_slug: definitionOf(type).slug,
    block_schema_checksum: blockSchemaOnWire(type).checksum,
  }));
  return references.length === 1 ? references[0] : references;
}

function secretFields(properties: Readonly<Record<string, Json>>, definitions: Json): string[] {
  const paths = Object.entries(properties).flatMap(([name, node]) =>
    secretPaths(node, { definitions, path: name, open: [] }),
  );
  return [...new Set(paths)];
}

interface SecretSearch {
  readonly definitions: Json;
  readonly path: string;
  /** The definitions that the node is inside of: a recursive one ends here. */
  readonly open: readonly string[];
}

function secretPaths(node: Json, search: SecretSearch): string[] {
  if (node["writeOnly"] === true) {
    // Servers hide the members of an object, and not the object.
    return [node["type"] === "object" ? `${search.path}.*` : search.path];
  }
  const inside = (member: string): SecretSearch => ({ ...search, path: `${search.path}.${member}` });
  const { $ref: reference, properties, additionalProperties } = node;
  const choices = [node["anyOf"], node["oneOf"], node["allOf"]].filter(Array.isArray).flat() as Json[];
  const paths = choices.flatMap((choice) => secretPaths(choice, search));
  for (const [name, property] of Object.entries((properties ?? {}) as Readonly<Record<string, Json>>)) {
    paths.push(...secretPaths(property, inside(name)));
  }
  if (typeof additionalProperties === "object" && additionalProperties !== null) {
    paths.push(...secretPaths(additionalProperties as Json, inside("*")));
  }
  if (typeof reference === "string") paths.push(...referencedPaths(reference, search));
  return paths;
}

function referencedPaths(reference: string, search: SecretSearch): string[] {
  const name = reference.replace("#/definitions/", "");
  const definition = search.definitions[name] as Json | undefined;
  if (definition === undefined || search.open.includes(name)) return [];
  return secretPaths(definition, { ...search, open: [...search.open, name] });
}
