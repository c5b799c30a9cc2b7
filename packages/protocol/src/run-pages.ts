/** Pages of flows and runs that are counted from 1, and bulk deletion. */
import { z } from "zod";
import { flowFilterSchema } from "./filters.ts";
import { flowSchema } from "./flow.ts";
import { flowRunSchema } from "./flow-run.ts";
import { flowQuerySchema, flowRunQuerySchema, taskRunQuerySchema } from "./queries.ts";
import { taskRunSchema } from "./task-run.ts";

/** Asks for a page. */
export const pageNumber = { page: z.int().min(1).nullish() };
/** What a page says of all of them. */
export const pageTotal = { count: z.int(), limit: z.int(), pages: z.int(), page: z.int() };

export const flowPageQuerySchema = flowQuerySchema.omit({ offset: true }).extend(pageNumber);
export const flowRunPageQuerySchema = flowRunQuerySchema.omit({ offset: true }).extend(pageNumber);
export const taskRunPageQuerySchema = taskRunQuerySchema.omit({ offset: true }).extend(pageNumber);

/** As `FlowQuery`, by pages. */
export type FlowPageQuery = z.infer<typeof flowPageQuerySchema>;
export type FlowRunPageQuery = z.infer<typeof flowRunPageQuerySchema>;
export type TaskRunPageQuery = z.infer<typeof taskRunPageQuerySchema>;

export const flowPageSchema = z.object({ results: z.array(flowSchema), ...pageTotal });
export const flowRunPageSchema = z.object({ results: z.array(flowRunSchema), ...pageTotal });
export const taskRunPageSchema = z.object({ results: z.array(taskRunSchema), ...pageTotal });

/** Flows of one page, with how many there are in all. */
export type FlowPage = z.infer<typeof flowPageSchema>;
export type FlowRunPage = z.infer<typeof flowRunPageSchema>;
export type TaskRunPage = z.infer<typeof taskRunPageSchema>;

/** The most that is deleted or changed at once. */
const MAX_BULK = 50;

export const bulkLimitSchema = z.int().min(1).max(MAX_BULK).nullish();

export const flowsDeleteSchema = z.object({ flows: flowFilterSchema.nullish(), limit: bulkLimitSchema });

export type FlowsDelete = z.infer<typeof flowsDeleteSchema>;

export const deletedSchema = z.object({ deleted: z.array(z.uuid()) });
