/** What goes in and out of the routes of work pools, their queues and their workers. */
import { z } from "zod";
import { flowRunSchema } from "../flow-run.ts";
import {
  workerFlowRunSchema,
  workerHeartbeatSchema,
  workerSchema,
  workPoolConcurrencyQuerySchema,
  workPoolConcurrencySchema,
  workPoolCreateSchema,
  workPoolPollSchema,
  workPoolSchema,
  workPoolUpdateSchema,
  workQueueConcurrencyQuerySchema,
  workQueueConcurrencySchema,
  workQueueCreateSchema,
  workQueuePollSchema,
  workQueueSchema,
  workQueueStatusSchema,
  workQueueUpdateSchema,
} from "../work-pool.ts";
import { workerQuerySchema, workPoolQuerySchema, workQueueQuerySchema } from "../work-pool-queries.ts";

const queues = z.array(workQueueSchema);

export const WORK_POOL_ROUTE_SCHEMAS = {
  create: {
    summary: "Create a work pool",
    body: workPoolCreateSchema,
    answer: workPoolSchema,
    status: 201,
  },
  get: { summary: "Get a work pool", answer: workPoolSchema },
  update: { summary: "Change members of a work pool", body: workPoolUpdateSchema },
  delete: { summary: "Delete a work pool with its queues and workers" },
  filter: { summary: "List work pools", body: workPoolQuerySchema, answer: z.array(workPoolSchema) },
  count: { summary: "Count work pools", body: workPoolQuerySchema, answer: z.int() },
  concurrencyStatus: {
    summary: "Tell who counts against the limits of a work pool and its queues",
    body: workPoolConcurrencyQuerySchema,
    answer: workPoolConcurrencySchema,
  },
  getScheduledFlowRuns: {
    summary: "List the runs that a worker may start",
    body: workPoolPollSchema,
    answer: z.array(workerFlowRunSchema),
  },
} as const;

export const POOL_QUEUE_ROUTE_SCHEMAS = {
  create: {
    summary: "Create a queue of a work pool",
    body: workQueueCreateSchema,
    answer: workQueueSchema,
    status: 201,
  },
  get: { summary: "Get a queue of a work pool", answer: workQueueSchema },
  update: { summary: "Change members of a queue of a work pool", body: workQueueUpdateSchema },
  delete: { summary: "Delete a queue of a work pool" },
  filter: { summary: "List the queues of a work pool", body: workQueueQuerySchema, answer: queues },
} as const;

export const WORK_QUEUE_ROUTE_SCHEMAS = {
  create: {
    summary: "Create a queue of the pool of agents",
    body: workQueueCreateSchema,
    answer: workQueueSchema,
    status: 201,
  },
  get: { summary: "Get a work queue by id", answer: workQueueSchema },
  getByName: { summary: "Get a queue of the pool of agents by name", answer: workQueueSchema },
  update: { summary: "Change members of a work queue", body: workQueueUpdateSchema },
  delete: { summary: "Delete a work queue" },
  filter: { summary: "List work queues", body: workQueueQuerySchema, answer: queues },
  getRuns: {
    summary: "List the runs of a queue that an agent may start",
    body: workQueuePollSchema,
    answer: z.array(flowRunSchema),
  },
  status: { summary: "Tell whether a work queue is served", answer: workQueueStatusSchema },
  concurrencyStatus: {
    summary: "Tell who counts against the limit of a work queue",
    body: workQueueConcurrencyQuerySchema,
    answer: workQueueConcurrencySchema,
  },
} as const;

export const WORKER_ROUTE_SCHEMAS = {
  heartbeat: { summary: "Tell that a worker lives", body: workerHeartbeatSchema },
  filter: {
    summary: "List the workers of a work pool",
    body: workerQuerySchema,
    answer: z.array(workerSchema),
  },
  delete: { summary: "Forget a worker" },
} as const;
