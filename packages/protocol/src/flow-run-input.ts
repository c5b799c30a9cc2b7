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
