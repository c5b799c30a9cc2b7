/** A kind of block, such as `secret` or `s3-bucket`. */
import { z } from "zod";
import { blockSchemaFilterSchema, blockTypeFilterSchema } from "./block-filters.ts";
import { timestampSchema } from "./timestamp.ts";

export const blockTypeSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string(),
  slug: z.string(),
  logo_url: z.string().nullable(),
  documentation_url: z.string().nullable(),
  description: z.string().nullable(),
  code_example: z.string().nullable(),
  /** Whether the server needs it, so that it cannot be deleted. */
  is_protected: z.boolean(),
});

export type BlockType = z.infer<typeof blockTypeSchema>;

const shown = {
  logo_url: z.string().nullish(),
  documentation_url: z.string().nullish(),
  description: z.string().nullish(),
  code_example: z.string().nullish(),
};

export const blockTypeCreateSchema = z.strictObject({
  name: z.string().regex(/^[^/%&><]+$/u, "must have characters, none of them one of / % & > <"),
  slug: z.string().regex(/^[a-z0-9-]+$/u, "must be of lower-case letters, digits and dashes"),
  ...shown,
});

export type BlockTypeCreate = z.infer<typeof blockTypeCreateSchema>;

export const blockTypeUpdateSchema = z.strictObject(shown);

/** Only members that are present are written. */
export type BlockTypeUpdate = z.infer<typeof blockTypeUpdateSchema>;

export const blockTypeQuerySchema = z.object({
  block_types: blockTypeFilterSchema.nullish(),
  /** Types of which some schema matches. */
  block_schemas: blockSchemaFilterSchema.nullish(),
  limit: z.int().min(0).max(200).nullish(),
  offset: z.int().min(0).nullish(),
});

/** Sorted by name. */
export type BlockTypeQuery = z.infer<typeof blockTypeQuerySchema>;
