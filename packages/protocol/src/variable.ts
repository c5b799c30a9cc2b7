/** A named value that deployments and flows read. */
import { z } from "zod";
import { timestampSchema } from "./timestamp.ts";

export const variableSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string(),
  value: z.unknown(),
  tags: z.array(z.string()),
});

export type Variable = z.infer<typeof variableSchema>;
