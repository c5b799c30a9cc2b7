/** Pages and counts of events. */
import { z } from "zod";
import { receivedEventSchema } from "./event.ts";
import { eventFilterSchema } from "./event-filter.ts";
import { timestampSchema } from "./timestamp.ts";

const MAX_PAGE = 50;

export const eventQuerySchema = z.object({
  filter: eventFilterSchema.nullish(),
  /** Default: 50. */
  limit: z.int().min(0).max(MAX_PAGE).nullish(),
});

export type EventQuery = z.infer<typeof eventQuerySchema>;

export const eventPageSchema = z.object({
  events: z.array(receivedEventSchema),
  /** How many events match, counted up to 10,000. */
  total: z.int(),
  /** Leads to the next page: a URL over HTTP. Null when there is none. */
  next_page: z.string().nullable(),
});

export type EventPage = z.infer<typeof eventPageSchema>;

export const eventCountQuerySchema = z.object({
  filter: eventFilterSchema,
  /** With `time`: buckets are as long as `time_interval` of these. */
  time_unit: z.enum(["week", "day", "hour", "minute", "second"]).default("day"),
  time_interval: z.number().min(0.01).default(1),
});

type ParsedCountQuery = z.infer<typeof eventCountQuerySchema>;

export type EventCountQuery = Pick<ParsedCountQuery, "filter"> & Partial<ParsedCountQuery>;

export const eventCountSchema = z.object({
  /** What was counted: a bucket's index, the name of events, or the id of a resource. */
  value: z.string(),
  label: z.string(),
  count: z.int(),
  start_time: timestampSchema,
  end_time: timestampSchema,
});

export type EventCount = z.infer<typeof eventCountSchema>;
