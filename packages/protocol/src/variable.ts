/** A named value that deployments and flows read. */
import { z } from "zod";
import { tagsFilterSchema, textFilterSchema } from "./filters.ts";
import { timestampSchema } from "./timestamp.ts";

export const variableSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string(),
  value: z.unknown(),
  tags: z.array(z.string()),
});

export type Variable = z.infer<typeof variableSchema>;

const LONGEST_VALUE = 5000;

const nameSchema = z
  .string()
  .max(255)
  .regex(/^[a-z0-9_-]+$/u, "must be of lower-case letters, digits, dashes and underscores");
const valueSchema = z
  .unknown()
  .refine(
    (value) => (JSON.stringify(value)?.length ?? 0) <= LONGEST_VALUE,
    `must have at most ${LONGEST_VALUE} characters as JSON`,
  );
const tagsSchema = z.array(z.string());

export const variableCreateSchema = z.strictObject({
  name: nameSchema,
  /** Any JSON. */
  value: valueSchema,
  tags: tagsSchema.nullish(),
});

export type VariableCreate = z.infer<typeof variableCreateSchema>;

export const variableUpdateSchema = z.strictObject({
  name: nameSchema.nullish(),
  value: valueSchema.optional(),
  tags: tagsSchema.nullish(),
});

/** Only members that are present are written. */
export type VariableUpdate = z.infer<typeof variableUpdateSchema>;

export const variableFilterSchema = z.strictObject({
  operator: z.enum(["and_", "or_"]).nullish(),
  id: z.strictObject({ any_: z.array(z.uuid()).nullish() }).nullish(),
  name: textFilterSchema,
  tags: tagsFilterSchema,
});

export type VariableFilter = z.infer<typeof variableFilterSchema>;

export const variableQuerySchema = z.object({
  variables: variableFilterSchema.nullish(),
  sort: z.enum(["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"]).nullish(),
  limit: z.int().min(0).max(200).nullish(),
  offset: z.int().min(0).nullish(),
});

/** Default sort: `NAME_ASC`. */
export type VariableQuery = z.infer<typeof variableQuerySchema>;
