/** Bodies of the list, count and bulk calls on deployments. */
import { z } from "zod";
import { deploymentSchema } from "./deployment.ts";
import {
  deploymentFilterSchema,
  flowFilterSchema,
  flowRunFilterSchema,
  taskRunFilterSchema,
  workPoolFilterSchema,
  workQueueFilterSchema,
} from "./filters.ts";

const MAX_BULK = 50;

const narrowing = {
  flows: flowFilterSchema.nullish(),
  flow_runs: flowRunFilterSchema.nullish(),
  task_runs: taskRunFilterSchema.nullish(),
  deployments: deploymentFilterSchema.nullish(),
  work_pools: workPoolFilterSchema.nullish(),
  work_pool_queues: workQueueFilterSchema.nullish(),
  limit: z.int().min(0).max(200).nullish(),
  sort: z.enum(["CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC"]).nullish(),
};

export const deploymentQuerySchema = z.object({ ...narrowing, offset: z.int().min(0).nullish() });

/** Default sort: `NAME_ASC`. */
export type DeploymentQuery = z.infer<typeof deploymentQuerySchema>;

export const deploymentPageQuerySchema = z.object({ ...narrowing, page: z.int().min(1).nullish() });

/** As `DeploymentQuery`, by pages that are counted from 1. */
export type DeploymentPageQuery = z.infer<typeof deploymentPageQuerySchema>;

export const deploymentPageSchema = z.object({
  results: z.array(deploymentSchema),
  count: z.int(),
  limit: z.int(),
  pages: z.int(),
  page: z.int(),
});

export type DeploymentPage = z.infer<typeof deploymentPageSchema>;

export const deploymentsDeleteSchema = z.object({
  deployments: deploymentFilterSchema.nullish(),
  limit: z.int().min(1).max(MAX_BULK).nullish(),
});

export type DeploymentsDelete = z.infer<typeof deploymentsDeleteSchema>;
