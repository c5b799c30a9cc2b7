/** A block: values that conform to a schema of a block type, under a name. */
import { z } from "zod";
import {
  blockDocumentFilterSchema,
  blockSchemaFilterSchema,
  blockTypeFilterSchema,
} from "./block-filters.ts";
import { blockSchemaSchema } from "./block-schema.ts";
import { blockTypeSchema } from "./block-type.ts";
import { timestampSchema } from "./timestamp.ts";

const dataSchema = z.record(z.string(), z.unknown());

/** A document that another one refers to, without its data, which is in the other's. */
export const nestedBlockDocumentSchema = z.object({
  id: z.uuid(),
  name: z.string().nullable(),
  block_type: blockTypeSchema,
  is_anonymous: z.boolean(),
  get block_document_references() {
    return z.record(z.string(), z.object({ block_document: nestedBlockDocumentSchema }));
  },
});

export type NestedBlockDocument = z.infer<typeof nestedBlockDocumentSchema>;

export const blockDocumentSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string().nullable(),
  /** With the data of the documents it refers to in their places. */
  data: dataSchema,
  block_schema_id: z.uuid(),
  block_schema: blockSchemaSchema.nullable(),
  block_type_id: z.uuid(),
  block_type_name: z.string().nullable(),
  block_type: blockTypeSchema.nullable(),
  /** Member of the data → the document that is there. */
  block_document_references: z.record(z.string(), z.object({ block_document: nestedBlockDocumentSchema })),
  /** Whether it was made by a program for itself, with a name that says nothing. */
  is_anonymous: z.boolean(),
});

export type BlockDocument = z.infer<typeof blockDocumentSchema>;

export const blockDocumentCreateSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]+$/u, "must be of lower-case letters, digits and dashes")
      .nullish(),
    /** A member `{"$ref": {"block_document_id": …}}` stands for another document. */
    data: dataSchema.nullish(),
    block_schema_id: z.uuid(),
    block_type_id: z.uuid(),
    is_anonymous: z.boolean().nullish(),
  })
  .refine(({ name, is_anonymous: isAnonymous }) => isAnonymous === true || (name ?? "") !== "", {
    message: "is needed unless the document is anonymous",
    path: ["name"],
  });

export type BlockDocumentCreate = z.infer<typeof blockDocumentCreateSchema>;

export const blockDocumentUpdateSchema = z.strictObject({
  /** Another schema of the same block type. */
  block_schema_id: z.uuid().nullish(),
  /** A secret that equals the mask keeps its stored value. */
  data: dataSchema.nullish(),
  /** Whether members that `data` does not have stay; default true. */
  merge_existing_data: z.boolean().nullish(),
});

export type BlockDocumentUpdate = z.infer<typeof blockDocumentUpdateSchema>;

/** Whether secrets are wanted; otherwise masks are in their places. */
export const secretsWantedSchema = z.object({ include_secrets: z.stringbool().optional() });

export type SecretsWanted = z.infer<typeof secretsWantedSchema>;

const narrowing = {
  block_documents: blockDocumentFilterSchema.nullish(),
  block_types: blockTypeFilterSchema.nullish(),
  block_schemas: blockSchemaFilterSchema.nullish(),
};

export const blockDocumentQuerySchema = z.object({
  ...narrowing,
  /** Default false: masks are in the places of secrets. */
  include_secrets: z.boolean().nullish(),
  sort: z.enum(["NAME_ASC", "NAME_DESC", "BLOCK_TYPE_AND_NAME_ASC"]).nullish(),
  limit: z.int().min(0).max(200).nullish(),
  offset: z.int().min(0).nullish(),
});

/** Default sort: `NAME_ASC`. Anonymous documents are left out unless the filter has `is_anonymous`. */
export type BlockDocumentQuery = z.infer<typeof blockDocumentQuerySchema>;

export const blockDocumentCountQuerySchema = z.object(narrowing);

export type BlockDocumentCountQuery = z.infer<typeof blockDocumentCountQuerySchema>;
