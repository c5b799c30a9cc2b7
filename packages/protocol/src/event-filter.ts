/**
 * What events are narrowed by. Members of one filter are joined by "and", the values of a list by "or"; absent and null
 * members, and empty lists, do not restrict. Values of labels may end in `*` for any text, and begin with `!` for "not".
 */
import { z } from "zod";
import { receivedTimestampSchema } from "./timestamp.ts";

const MAX_QUERY_LENGTH = 200;

const texts = z.array(z.string()).nullish();
const labels = z.record(z.string(), z.union([z.string(), z.array(z.string())])).nullish();

const relatedFilterSchema = z.strictObject({
  id: texts,
  role: texts,
  /** Pairs of a resource's id and its role. */
  resources_in_roles: z.array(z.tuple([z.string(), z.string()])).nullish(),
  labels,
});

const anyResourceFilterSchema = z.strictObject({ id: texts, id_prefix: texts, labels });

export const eventFilterSchema = z.strictObject({
  /** Both inclusive. */
  occurred: z
    .strictObject({ since: receivedTimestampSchema.nullish(), until: receivedTimestampSchema.nullish() })
    .nullish(),
  event: z.strictObject({ prefix: texts, exclude_prefix: texts, name: texts, exclude_name: texts }).nullish(),
  /** The resource it happened to; `distinct` leaves the newest event of each. */
  resource: z
    .strictObject({ id: texts, id_prefix: texts, labels, distinct: z.boolean().nullish() })
    .nullish(),
  /** Some one related resource; of several filters each has its own. */
  related: z.union([relatedFilterSchema, z.array(relatedFilterSchema)]).nullish(),
  /** The resource or a related one; of several filters each has its own. */
  any_resource: z.union([anyResourceFilterSchema, z.array(anyResourceFilterSchema)]).nullish(),
  id: z.strictObject({ id: z.array(z.uuid()).nullish() }).nullish(),
  text: z.strictObject({ query: z.string().max(MAX_QUERY_LENGTH) }).nullish(),
  /** By `occurred`; default: the newest first. */
  order: z.enum(["ASC", "DESC"]).nullish(),
});

export type EventFilter = z.infer<typeof eventFilterSchema>;
export type RelatedFilter = z.infer<typeof relatedFilterSchema>;
export type AnyResourceFilter = z.infer<typeof anyResourceFilterSchema>;
