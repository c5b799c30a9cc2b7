/** Bodies of the page and bulk calls on deployments. */
import { z } from "zod";
import { deploymentSchema } from "./deployment.ts";
import { deploymentFilterSchema } from "./filters.ts";
import { deploymentQuerySchema } from "./queries.ts";
import { bulkLimitSchema, pageNumber, pageTotal } from "./run-pages.ts";

export const deploymentPageQuerySchema = deploymentQuerySchema.omit({ offset: true }).extend(pageNumber);

/** As `DeploymentQuery`, by pages that are counted from 1. */
export type DeploymentPageQuery = z.infer<typeof deploymentPageQuerySchema>;

export const deploymentPageSchema = z.object({ results: z.array(deploymentSchema), ...pageTotal });

export type DeploymentPage = z.infer<typeof deploymentPageSchema>;

export const deploymentsDeleteSchema = z.object({
  deployments: deploymentFilterSchema.nullish(),
  limit: bulkLimitSchema,
});

export type DeploymentsDelete = z.infer<typeof deploymentsDeleteSchema>;
