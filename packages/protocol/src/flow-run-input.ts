/** What is sent to a flow run while it runs or waits: text under a key. */
import { z } from "zod";
import { timestampSchema } from "./timestamp.ts";

export const flowRunInputSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  flow_run_id: z.uuid(),
  key: z.string(),
  /** JSON text. */
  value: z.string(),
  sender: z.string().nullable(),
});

export type FlowRunInput = z.infer<typeof flowRunInputSchema>;

/** Keys become parts of paths. */
const keySchema = z
  .string()
  .max(255)
  .regex(/^[a-z0-9-]+$/u, "must be of lower-case letters, digits and dashes");

export const flowRunInputCreateSchema = z.object({
  key: keySchema,
  /** JSON text. */
  value: z.string(),
  sender: z.string().nullish(),
});

export type FlowRunInputCreate = z.infer<typeof flowRunInputCreateSchema>;

export const flowRunInputQuerySchema = z.object({
  prefix: z.string(),
  /** Default: 1. */
  limit: z.int().min(0).max(200).nullish(),
  exclude_keys: z.array(z.string()).nullish(),
});

export type FlowRunInputQuery = z.infer<typeof flowRunInputQuerySchema>;
