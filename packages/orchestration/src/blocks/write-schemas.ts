/** Makes and deletes block schemas. */
import {
  type BlockSchemaCreate,
  type BlockType,
  blockSchemaChecksum,
  ConflictError,
  DEFAULT_BLOCK_SCHEMA_VERSION,
  definitionsIn,
  reachableDefinitions,
  UnsuitableRequestError,
} from "@sluice/protocol";
import { jsonCopy } from "../json-copy.ts";
import type { Moment } from "../local-api/local-context.ts";
import type { Store } from "../store.ts";
import type { StoredBlockSchema } from "../stored-nouns.ts";
import { findBlockTypeBySlug, findSchemaByChecksum } from "./find-blocks.ts";
import { deleteDocument } from "./write-documents.ts";

type Members = Readonly<Record<string, unknown>>;

const PAGE = 200;

/** A new schema, or the one with these fields in this version; with the schemas it refers to. */
export async function createSchema(
  store: Store,
  type: BlockType,
  create: Omit<BlockSchemaCreate, "block_type_id">,
  moment: Moment,
): Promise<StoredBlockSchema> {
  const fields = jsonCopy(create.fields ?? {});
  const { object, created } = await store.objects("block_schema").insert({
    id: moment.newId(),
    created: moment.now,
    updated: moment.now,
    checksum: blockSchemaChecksum(fields),
    fields,
    block_type_id: type.id,
    capabilities: create.capabilities ?? [],
    version: create.version ?? DEFAULT_BLOCK_SCHEMA_VERSION,
  });
  if (created) await createNestedSchemas(store, fields, moment);
  return object;
}

/** Deletes a schema with its documents. */
export async function deleteSchema(store: Store, id: string, moment: Moment): Promise<void> {
  const where = { type: "equals", member: "block_schema_id", value: id } as const;
  for (;;) {
    const documents = await store.objects("block_document").list({ where, limit: PAGE });
    for (const document of documents) await deleteDocument(store, document, moment);
    if (documents.length < PAGE) break;
  }
  await store.objects("block_schema").delete(id);
}

/** A schema that another one refers to by its member `name`. */
interface SchemaReference {
  readonly name: string;
  readonly slug: string;
  readonly checksum: string;
}

async function createNestedSchemas(store: Store, fields: Members, moment: Moment): Promise<void> {
  for (const reference of referencesIn(fields)) {
    const type = await findBlockTypeBySlug(store, reference.slug);
    if (type === undefined) {
      throw new ConflictError(
        `The block schema refers to the block type ${reference.slug}, which is not registered. Register it first.`,
      );
    }
    if ((await findSchemaByChecksum(store, reference.checksum)) !== undefined) continue;
    await createSchema(store, type, { fields: definitionOf(reference, fields) }, moment);
  }
}

function referencesIn(fields: Members): SchemaReference[] {
  const { block_schema_references: references } = fields;
  if (!isMembers(references)) return [];
  return Object.entries(references).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isMembers).map((reference) => ({
      name,
      slug: String(reference["block_type_slug"]),
      checksum: String(reference["block_schema_checksum"]),
    })),
  );
}

/** The definition of the schema referred to, which becomes its fields, with the definitions that it needs itself. */
function definitionOf({ name, slug }: SchemaReference, fields: Members): Record<string, unknown> {
  const { definitions, properties } = fields;
  const known = isMembers(definitions) ? definitions : {};
  const member = isMembers(properties) ? properties[name] : undefined;
  const candidates = definitionsIn(member)
    .map((definition) => known[definition])
    .filter(isMembers);
  const found = candidates.find((each) => each["block_type_slug"] === slug);
  if (found === undefined) {
    throw new UnsuitableRequestError(
      `The block schema refers to a schema of ${slug} in ${name}, which is neither known nor among its definitions. Register ${slug} first.`,
    );
  }
  const needed = reachableDefinitions(found, known);
  return Object.keys(needed).length === 0 ? { ...found } : { ...found, definitions: needed };
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
