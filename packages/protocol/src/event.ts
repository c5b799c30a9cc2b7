/**
 * Something that happened, to a resource, in relation to others. Everything that changes in Sluice is told as events:
 * they make the feed, carry the task runs of engines, and wake services and live readers.
 */
import { z } from "zod";
import { receivedTimestampSchema, timestampSchema } from "./timestamp.ts";

const MAX_LABELS = 500;
const MAX_RELATED = 100;
const MAX_NAME_LENGTH = 1024;
/** Databases look for events by their names and by the ids of resources, and their indexes take no longer texts. */
const MAX_INDEXED_BYTES = 2048;

/** Labels that describe a thing; `prefect.resource.id` names it, such as `prefect.flow-run.<uuid>`. */
export const eventResourceSchema = z
  .record(z.string(), z.string())
  .refine((labels) => typeof labels["prefect.resource.id"] === "string", {
    message: "must have the label prefect.resource.id",
  })
  .refine((labels) => Buffer.byteLength(labels["prefect.resource.id"] ?? "") <= MAX_INDEXED_BYTES, {
    message: `must have an id of at most ${MAX_INDEXED_BYTES} bytes`,
  })
  .refine((labels) => Object.keys(labels).length <= MAX_LABELS, {
    message: `must have at most ${MAX_LABELS} labels`,
  });

/** A resource that has a part in the event, which `prefect.resource.role` says. */
export const relatedResourceSchema = eventResourceSchema.refine(
  (labels) => typeof labels["prefect.resource.role"] === "string",
  { message: "must have the label prefect.resource.role" },
);

export const eventSchema = z.object({
  /** Given by who saw it; an event sent twice is kept once. */
  id: z.uuid(),
  occurred: receivedTimestampSchema,
  /** Dotted words, such as `prefect.flow-run.Completed`. */
  event: z
    .string()
    .min(1)
    .max(MAX_NAME_LENGTH)
    .refine((name) => Buffer.byteLength(name) <= MAX_INDEXED_BYTES, {
      message: `must have at most ${MAX_INDEXED_BYTES} bytes`,
    }),
  resource: eventResourceSchema,
  related: z.array(relatedResourceSchema).max(MAX_RELATED).default([]),
  payload: z.record(z.string(), z.unknown()).default({}),
  /** The event before this one, of the same resource. */
  follows: z.uuid().nullish(),
});

/** As clients send it. */
export type EventCreate = Omit<z.input<typeof eventSchema>, "occurred"> & {
  /** ISO 8601. */
  readonly occurred: string;
};

/** As stored and given out. */
export const receivedEventSchema = z.object({
  id: z.uuid(),
  occurred: timestampSchema,
  event: z.string(),
  resource: z.record(z.string(), z.string()),
  related: z.array(z.record(z.string(), z.string())),
  payload: z.record(z.string(), z.unknown()),
  follows: z.uuid().nullable(),
  /** When the server took it. */
  received: timestampSchema,
});

export type Event = z.infer<typeof receivedEventSchema>;
