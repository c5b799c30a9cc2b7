/** Something a run shows to people: a text, a table, a link, a picture, a progress bar. */
import { z } from "zod";
import {
  deploymentFilterSchema,
  flowFilterSchema,
  flowRunFilterSchema,
  taskRunFilterSchema,
} from "./filters.ts";
import { timestampSchema } from "./timestamp.ts";

const content = {
  /** Artifacts of one key are versions of one thing. */
  key: z.string().nullable(),
  type: z.string().nullable(),
  description: z.string().nullable(),
  data: z.unknown(),
  metadata_: z.record(z.string(), z.string()).nullable(),
  flow_run_id: z.uuid().nullable(),
  task_run_id: z.uuid().nullable(),
};

export const artifactSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  ...content,
});

export type Artifact = z.infer<typeof artifactSchema>;

/** What the artifacts of a key have become. */
export const latestArtifactSchema = z.object({
  /** Of the key, whatever its newest artifact is. */
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  latest_id: z.uuid(),
  ...content,
});

export type LatestArtifact = z.infer<typeof latestArtifactSchema>;

const keySchema = z.string().regex(/^[a-z0-9-]+$/u, "must be of lower-case letters, digits and dashes");
const metadataSchema = z.record(z.string(), z.string());

export const artifactCreateSchema = z.strictObject({
  key: keySchema.nullish(),
  type: z.string().nullish(),
  description: z.string().nullish(),
  data: z.unknown().optional(),
  metadata_: metadataSchema.nullish(),
  flow_run_id: z.uuid().nullish(),
  task_run_id: z.uuid().nullish(),
});

export type ArtifactCreate = z.infer<typeof artifactCreateSchema>;

export const artifactUpdateSchema = z.strictObject({
  data: z.unknown().optional(),
  description: z.string().nullish(),
  metadata_: metadataSchema.nullish(),
});

/** Only members that are present are written. */
export type ArtifactUpdate = z.infer<typeof artifactUpdateSchema>;

const operator = { operator: z.enum(["and_", "or_"]).nullish() };
const anyId = z.strictObject({ any_: z.array(z.uuid()).nullish() }).nullish();
const members = {
  key: z
    .strictObject({
      any_: z.array(z.string()).nullish(),
      like_: z.string().nullish(),
      exists_: z.boolean().nullish(),
    })
    .nullish(),
  flow_run_id: anyId,
  task_run_id: anyId,
  type: z
    .strictObject({ any_: z.array(z.string()).nullish(), not_any_: z.array(z.string()).nullish() })
    .nullish(),
};

export const artifactFilterSchema = z.strictObject({ ...operator, id: anyId, ...members });
export const latestArtifactFilterSchema = z.strictObject({ ...operator, latest_id: anyId, ...members });

export type ArtifactFilter = z.infer<typeof artifactFilterSchema>;
export type LatestArtifactFilter = z.infer<typeof latestArtifactFilterSchema>;

const narrowing = {
  flow_runs: flowRunFilterSchema.nullish(),
  task_runs: taskRunFilterSchema.nullish(),
  flows: flowFilterSchema.nullish(),
  deployments: deploymentFilterSchema.nullish(),
  sort: z.enum(["CREATED_DESC", "UPDATED_DESC", "ID_DESC", "KEY_DESC", "KEY_ASC"]).nullish(),
  limit: z.int().min(0).max(200).nullish(),
  offset: z.int().min(0).nullish(),
};

export const artifactQuerySchema = z.object({ artifacts: artifactFilterSchema.nullish(), ...narrowing });
export const latestArtifactQuerySchema = z.object({
  artifacts: latestArtifactFilterSchema.nullish(),
  ...narrowing,
});

/** Default sort: `ID_DESC`. */
export type ArtifactQuery = z.infer<typeof artifactQuerySchema>;
/** Default sort: `ID_DESC`. */
export type LatestArtifactQuery = z.infer<typeof latestArtifactQuerySchema>;
