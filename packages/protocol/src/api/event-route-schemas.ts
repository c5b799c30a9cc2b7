/** What goes in and out of the routes of events. */
import { z } from "zod";
import { eventSchema } from "../event.ts";
import {
  eventCountQuerySchema,
  eventCountSchema,
  eventPageSchema,
  eventQuerySchema,
} from "../event-queries.ts";

export const EVENT_ROUTE_SCHEMAS = {
  create: { summary: "Keep events", body: z.array(eventSchema) },
  filter: { summary: "List events", body: eventQuerySchema, answer: eventPageSchema },
  next: { summary: "Get the next page of events", answer: eventPageSchema },
  countBy: {
    summary: "Count events by time, name or resource",
    body: eventCountQuerySchema,
    answer: z.array(eventCountSchema),
  },
} as const;
