/** What lists of blocks are narrowed by; members mean what they mean in `filters.ts`. */
import { z } from "zod";
import { textFilterSchema } from "./filters.ts";

const operator = { operator: z.enum(["and_", "or_"]).nullish() };
const anyId = z.strictObject({ any_: z.array(z.uuid()).nullish() }).nullish();
const anyText = z.strictObject({ any_: z.array(z.string()).nullish() }).nullish();

export const blockTypeFilterSchema = z.strictObject({
  name: z.strictObject({ like_: z.string().nullish() }).nullish(),
  slug: anyText,
});

export const blockSchemaFilterSchema = z.strictObject({
  ...operator,
  block_type_id: anyId,
  block_capabilities: z.strictObject({ all_: z.array(z.string()).nullish() }).nullish(),
  id: anyId,
  version: anyText,
});

export const blockDocumentFilterSchema = z.strictObject({
  ...operator,
  id: anyId,
  /** Absent: those that have a name of their own. Null: all. */
  is_anonymous: z.strictObject({ eq_: z.boolean().nullish() }).nullish(),
  block_type_id: anyId,
  name: textFilterSchema,
});

export type BlockTypeFilter = z.infer<typeof blockTypeFilterSchema>;
export type BlockSchemaFilter = z.infer<typeof blockSchemaFilterSchema>;
export type BlockDocumentFilter = z.infer<typeof blockDocumentFilterSchema>;
