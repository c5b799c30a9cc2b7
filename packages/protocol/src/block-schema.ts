/** What the documents of a block type look like, in one version. */
import { z } from "zod";
import { blockSchemaFilterSchema } from "./block-filters.ts";
import { blockTypeSchema } from "./block-type.ts";
import { timestampSchema } from "./timestamp.ts";

/**
 * A JSON Schema, with `block_type_slug`, `secret_fields` (paths of members joined by dots; `*` stands for every member)
 * and `block_schema_references` (member → `{block_type_slug, block_schema_checksum}`, or a list of them).
 */
const fieldsSchema = z.record(z.string(), z.unknown());

export const blockSchemaSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  /** Of the fields: `sha256:` and 64 hexadecimal digits. */
  checksum: z.string(),
  fields: fieldsSchema,
  block_type_id: z.uuid().nullable(),
  block_type: blockTypeSchema.nullable(),
  capabilities: z.array(z.string()),
  version: z.string(),
});

export type BlockSchema = z.infer<typeof blockSchemaSchema>;

export const blockSchemaCreateSchema = z.strictObject({
  fields: fieldsSchema.nullish(),
  block_type_id: z.uuid(),
  capabilities: z.array(z.string()).nullish(),
  /** Default: `non-versioned`. */
  version: z.string().nullish(),
});

export type BlockSchemaCreate = z.infer<typeof blockSchemaCreateSchema>;

/** Which version is meant; without one, the newest. */
export const blockSchemaVersionSchema = z.object({ version: z.string().optional() });

export type BlockSchemaVersion = z.infer<typeof blockSchemaVersionSchema>;

export const blockSchemaQuerySchema = z.object({
  block_schemas: blockSchemaFilterSchema.nullish(),
  limit: z.int().min(0).max(200).nullish(),
  offset: z.int().min(0).nullish(),
});

/** The newest first. */
export type BlockSchemaQuery = z.infer<typeof blockSchemaQuerySchema>;
