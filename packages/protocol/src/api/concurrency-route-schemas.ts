/** What goes in and out of the routes of concurrency limits. */
import { z } from "zod";
import {
  concurrencyLimitCreateSchema,
  concurrencyLimitSchema,
  concurrencyLimitUpdateSchema,
  globalConcurrencyLimitSchema,
  leasedSlotRequestSchema,
  leasedSlotsSchema,
  leaseRenewalSchema,
  leaseReturnSchema,
  limitReferenceSchema,
  slotRequestSchema,
  slotReturnSchema,
} from "../concurrency-limit.ts";
import { pageQuerySchema } from "../queries.ts";
import {
  tagLimitCreateSchema,
  tagLimitResetSchema,
  tagLimitSchema,
  tagSlotRequestSchema,
} from "../tag-limit.ts";

const references = z.array(limitReferenceSchema);

export const CONCURRENCY_LIMIT_ROUTE_SCHEMAS = {
  create: {
    summary: "Create a concurrency limit",
    body: concurrencyLimitCreateSchema,
    answer: concurrencyLimitSchema,
    status: 201,
  },
  get: { summary: "Get a concurrency limit by id or name", answer: globalConcurrencyLimitSchema },
  update: { summary: "Change members of a concurrency limit", body: concurrencyLimitUpdateSchema },
  delete: { summary: "Delete a concurrency limit with its leases" },
  filter: {
    summary: "List concurrency limits",
    body: pageQuerySchema,
    answer: z.array(globalConcurrencyLimitSchema),
  },
  increment: { summary: "Take slots of several limits at once", body: slotRequestSchema, answer: references },
  incrementWithLease: {
    summary: "Take slots of several limits at once, until a lease ends",
    body: leasedSlotRequestSchema,
    answer: leasedSlotsSchema,
  },
  decrement: { summary: "Give slots back", body: slotReturnSchema, answer: references },
  decrementWithLease: { summary: "Give the slots of a lease back", body: leaseReturnSchema },
  renewLease: { summary: "Renew a lease of slots", body: leaseRenewalSchema },
} as const;

export const TAG_LIMIT_ROUTE_SCHEMAS = {
  create: {
    summary: "Create or change the limit of a tag",
    body: tagLimitCreateSchema,
    answer: tagLimitSchema,
    status: "created",
  },
  get: { summary: "Get the limit of a tag by id", answer: tagLimitSchema },
  getByTag: { summary: "Get the limit of a tag", answer: tagLimitSchema },
  filter: { summary: "List the limits of tags", body: pageQuerySchema, answer: z.array(tagLimitSchema) },
  reset: { summary: "Empty or set the slots of a tag", body: tagLimitResetSchema, status: 200 },
  delete: { summary: "Delete the limit of a tag by id", status: 200 },
  deleteByTag: { summary: "Delete the limit of a tag", status: 200 },
  increment: { summary: "Take slots of tags for a task run", body: tagSlotRequestSchema, answer: references },
  decrement: { summary: "Give the slots of a task run back", body: tagSlotRequestSchema, answer: references },
} as const;
