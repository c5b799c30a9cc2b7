/**
 * The bodies of list and count calls: filters by noun (a filter of another noun means "whose flow / some task run …
 * matches"), a sort and a page. `limit` is 200 by default and at most.
 */
import { z } from "zod";
import {
  deploymentFilterSchema,
  flowFilterSchema,
  flowRunFilterSchema,
  logFilterSchema,
  taskRunFilterSchema,
  workPoolFilterSchema,
  workQueueFilterSchema,
} from "./filters.ts";

const page = {
  limit: z.int().min(0).max(200).nullish(),
  offset: z.int().min(0).nullish(),
};

/** Filters of all nouns but queues, whose name differs from call to call. */
export const nounFilters = {
  flows: flowFilterSchema.nullish(),
  flow_runs: flowRunFilterSchema.nullish(),
  task_runs: taskRunFilterSchema.nullish(),
  deployments: deploymentFilterSchema.nullish(),
  work_pools: workPoolFilterSchema.nullish(),
};
const nouns = { ...nounFilters, work_pool_queues: workQueueFilterSchema.nullish() };

export const pageQuerySchema = z.object(page);

/** A page of everything. */
export type PageQuery = z.infer<typeof pageQuerySchema>;

export const flowQuerySchema = z.object({
  ...nouns,
  ...page,
  sort: z.enum(["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"]).nullish(),
});

export const flowRunQuerySchema = z.object({
  ...nouns,
  ...page,
  sort: z
    .enum([
      "ID_DESC",
      "START_TIME_ASC",
      "START_TIME_DESC",
      "EXPECTED_START_TIME_ASC",
      "EXPECTED_START_TIME_DESC",
      "NAME_ASC",
      "NAME_DESC",
      "NEXT_SCHEDULED_START_TIME_ASC",
      "END_TIME_DESC",
    ])
    .nullish(),
});

export const taskRunQuerySchema = z.object({
  ...nouns,
  ...page,
  sort: z
    .enum([
      "ID_DESC",
      "EXPECTED_START_TIME_ASC",
      "EXPECTED_START_TIME_DESC",
      "NAME_ASC",
      "NAME_DESC",
      "NEXT_SCHEDULED_START_TIME_ASC",
      "END_TIME_DESC",
    ])
    .nullish(),
});

export const deploymentQuerySchema = z.object({
  ...nouns,
  ...page,
  sort: z.enum(["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"]).nullish(),
});

export const logQuerySchema = z.object({
  ...page,
  logs: logFilterSchema.nullish(),
  sort: z.enum(["TIMESTAMP_ASC", "TIMESTAMP_DESC"]).nullish(),
});

/** Default sort: `NAME_ASC`. */
export type FlowQuery = z.infer<typeof flowQuerySchema>;
/** Default sort: `ID_DESC`. */
export type FlowRunQuery = z.infer<typeof flowRunQuerySchema>;
/** Default sort: `ID_DESC`. */
export type TaskRunQuery = z.infer<typeof taskRunQuerySchema>;
/** Default sort: `NAME_ASC`. */
export type DeploymentQuery = z.infer<typeof deploymentQuerySchema>;
/** Default sort: `TIMESTAMP_ASC`; lines of one instant in the order they were written. */
export type LogQuery = z.infer<typeof logQuerySchema>;
