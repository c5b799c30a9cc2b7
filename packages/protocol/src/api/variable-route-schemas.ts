/** What goes in and out of the routes of variables and artifacts. */
import { z } from "zod";
import {
  artifactCreateSchema,
  artifactQuerySchema,
  artifactSchema,
  artifactUpdateSchema,
  latestArtifactQuerySchema,
  latestArtifactSchema,
} from "../artifact.ts";
import {
  variableCreateSchema,
  variableQuerySchema,
  variableSchema,
  variableUpdateSchema,
} from "../variable.ts";

export const VARIABLE_ROUTE_SCHEMAS = {
  create: { summary: "Create a variable", body: variableCreateSchema, answer: variableSchema, status: 201 },
  get: { summary: "Get a variable", answer: variableSchema },
  getByName: { summary: "Get a variable by its name", answer: variableSchema },
  update: { summary: "Change members of a variable", body: variableUpdateSchema },
  updateByName: { summary: "Change members of the variable of a name", body: variableUpdateSchema },
  delete: { summary: "Delete a variable" },
  deleteByName: { summary: "Delete the variable of a name" },
  filter: { summary: "List variables", body: variableQuerySchema, answer: z.array(variableSchema) },
  count: { summary: "Count variables", body: variableQuerySchema, answer: z.int() },
} as const;

export const ARTIFACT_ROUTE_SCHEMAS = {
  create: { summary: "Create an artifact", body: artifactCreateSchema, answer: artifactSchema, status: 201 },
  get: { summary: "Get an artifact", answer: artifactSchema },
  getLatest: { summary: "Get the newest artifact of a key", answer: artifactSchema },
  update: { summary: "Change members of an artifact", body: artifactUpdateSchema },
  delete: { summary: "Delete an artifact" },
  filter: { summary: "List artifacts", body: artifactQuerySchema, answer: z.array(artifactSchema) },
  count: { summary: "Count artifacts", body: artifactQuerySchema, answer: z.int() },
  filterLatest: {
    summary: "List the newest artifact of every key",
    body: latestArtifactQuerySchema,
    answer: z.array(latestArtifactSchema),
  },
  countLatest: { summary: "Count keys of artifacts", body: latestArtifactQuerySchema, answer: z.int() },
} as const;
