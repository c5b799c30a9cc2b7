/** The bodies of list and count calls on work pools, their queues and their workers. */
import type { z } from "zod";
import { workerFilterSchema, workPoolFilterSchema, workQueueFilterSchema } from "./filters.ts";
import { pageQuerySchema } from "./queries.ts";

export const workPoolQuerySchema = pageQuerySchema.extend({ work_pools: workPoolFilterSchema.nullish() });

export type WorkPoolQuery = z.infer<typeof workPoolQuerySchema>;

export const workQueueQuerySchema = pageQuerySchema.extend({ work_queues: workQueueFilterSchema.nullish() });

export type WorkQueueQuery = z.infer<typeof workQueueQuerySchema>;

export const workerQuerySchema = pageQuerySchema.extend({ workers: workerFilterSchema.nullish() });

export type WorkerQuery = z.infer<typeof workerQuerySchema>;
