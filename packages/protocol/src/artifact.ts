/** Something a run shows to people: a text, a table, a link, a picture, a progress bar. */
import { z } from "zod";
import { timestampSchema } from "./timestamp.ts";

export const artifactSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  /** Artifacts of one key are versions of one thing. */
  key: z.string().nullable(),
  type: z.string().nullable(),
  description: z.string().nullable(),
  data: z.unknown(),
  metadata_: z.record(z.string(), z.string()).nullable(),
  flow_run_id: z.uuid().nullable(),
  task_run_id: z.uuid().nullable(),
});

export type Artifact = z.infer<typeof artifactSchema>;
