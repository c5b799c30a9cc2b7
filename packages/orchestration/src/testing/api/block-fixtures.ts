/** Blocks of the cases of the API suite. */
import type { BlockDocument, BlockSchema, BlockType, OrchestrationApi } from "@sluice/protocol";

export interface RegisteredBlock {
  readonly type: BlockType;
  readonly schema: BlockSchema;
}

/** The fields of a block with one member of any type for each name. */
export function fieldsOf(
  slug: string,
  names: readonly string[],
  members: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    title: slug,
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, { title: name }])),
    secret_fields: [],
    block_type_slug: slug,
    block_schema_references: {},
    ...members,
  };
}

/** A type with a schema of these fields. */
export async function registerBlock(
  api: OrchestrationApi,
  slug: string,
  fields: Readonly<Record<string, unknown>> = fieldsOf(slug, ["value"]),
  capabilities: readonly string[] = [],
): Promise<RegisteredBlock> {
  const type = await api.blockTypes.create({ name: slug.toUpperCase(), slug });
  const schema = await api.blockSchemas.create({
    fields: { ...fields },
    block_type_id: type.id,
    capabilities: [...capabilities],
  });
  return { type, schema };
}

export function saveBlock(
  api: OrchestrationApi,
  { type, schema }: RegisteredBlock,
  name: string,
  data: Record<string, unknown>,
): Promise<BlockDocument> {
  return api.blockDocuments.create({ name, data, block_schema_id: schema.id, block_type_id: type.id });
}

/** What stands for another document in the data of one. */
export function referenceTo({ id }: { readonly id: string }): { $ref: { block_document_id: string } } {
  return { $ref: { block_document_id: id } };
}
