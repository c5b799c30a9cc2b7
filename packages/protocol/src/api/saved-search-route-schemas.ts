/** What goes in and out of the routes of saved searches. */
import { z } from "zod";
import { pageQuerySchema } from "../queries.ts";
import { savedSearchCreateSchema, savedSearchSchema } from "../saved-search.ts";

export const SAVED_SEARCH_ROUTE_SCHEMAS = {
  save: {
    summary: "Save a search under its name",
    body: savedSearchCreateSchema,
    answer: savedSearchSchema,
    status: "created",
  },
  get: { summary: "Get a saved search", answer: savedSearchSchema },
  delete: { summary: "Delete a saved search" },
  filter: { summary: "List saved searches", body: pageQuerySchema, answer: z.array(savedSearchSchema) },
} as const;
