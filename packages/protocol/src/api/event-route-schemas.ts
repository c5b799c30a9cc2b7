/** What goes in and out of the routes of events. */
import { z } from "zod";
import { isSluiceError } from "../errors.ts";
import { type EventCreate, eventSchema } from "../event.ts";
import {
  eventCountQuerySchema,
  eventCountSchema,
  eventPageSchema,
  eventQuerySchema,
} from "../event-queries.ts";
import { readEvent } from "../read-event.ts";

export const EVENT_ROUTE_SCHEMAS = {
  create: { summary: "Keep events", body: z.array(eventSchema), isTextCleaned: true, readBody: readEvents },
  filter: { summary: "List events", body: eventQuerySchema, answer: eventPageSchema },
  next: { summary: "Get the next page of events", answer: eventPageSchema },
  countBy: {
    summary: "Count events by time, name or resource",
    body: eventCountQuerySchema,
    answer: z.array(eventCountSchema),
  },
} as const;

/** Where one of them is no event, the schema says why. */
function readEvents(value: unknown): EventCreate[] | undefined {
  if (!Array.isArray(value)) return undefined;
  try {
    return value.map(readEvent);
  } catch (error) {
    if (isSluiceError(error)) return undefined;
    throw error;
  }
}
