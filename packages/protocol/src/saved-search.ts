/** What somebody looks for again and again, under a name. */
import { z } from "zod";
import { timestampSchema } from "./timestamp.ts";

const savedSearchFilterSchema = z.object({
  object: z.string(),
  property: z.string(),
  type: z.string(),
  /** Such as `equals`. */
  operation: z.string(),
  /** Any JSON. */
  value: z.unknown(),
});

export const savedSearchSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string(),
  filters: z.array(savedSearchFilterSchema),
});

/** The server keeps it for those who search, and does nothing with it. */
export type SavedSearch = z.infer<typeof savedSearchSchema>;

export const savedSearchCreateSchema = z.strictObject({
  name: z.string().min(1).max(255),
  filters: z.array(savedSearchFilterSchema).max(200).nullish(),
});

export type SavedSearchCreate = z.infer<typeof savedSearchCreateSchema>;
