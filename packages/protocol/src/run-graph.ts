/** What a flow run consists of, and what waited for what. */
import { z } from "zod";
import { stateSchema } from "./state.ts";
import { STATE_TYPES } from "./state-type.ts";
import { taskInputSchema } from "./task-run.ts";
import { timestampSchema } from "./timestamp.ts";

const edges = z.array(z.object({ id: z.uuid() }));

/** An artifact as graphs show it. */
export const graphArtifactSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  key: z.string().nullable(),
  type: z.string().nullable(),
  is_latest: z.boolean(),
  /** What a progress bar shows. */
  data: z.unknown().optional(),
});

export type GraphArtifact = z.infer<typeof graphArtifactSchema>;

export const graphNodeSchema = z.object({
  /** The task run that stands for a sub-flow run is shown as that run. */
  kind: z.enum(["flow-run", "task-run"]),
  id: z.uuid(),
  label: z.string(),
  state_type: z.enum(STATE_TYPES).nullable(),
  start_time: timestampSchema,
  end_time: timestampSchema.nullable(),
  /** What it got a result of. */
  parents: edges,
  children: edges,
  /** Task runs that it was called in. */
  encapsulating: edges,
  artifacts: z.array(graphArtifactSchema),
});

export type GraphNode = z.infer<typeof graphNodeSchema>;

export const runGraphSchema = z.object({
  start_time: timestampSchema.nullable(),
  end_time: timestampSchema.nullable(),
  root_node_ids: z.array(z.uuid()),
  /** By start. */
  nodes: z.array(z.tuple([z.uuid(), graphNodeSchema])),
  /** Of the run itself. */
  artifacts: z.array(graphArtifactSchema),
  /** Every state of the run, oldest first. */
  states: z.array(stateSchema.pick({ id: true, timestamp: true, type: true, name: true })),
});

export type RunGraph = z.infer<typeof runGraphSchema>;

export const runDependencySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  upstream_dependencies: z.array(taskInputSchema),
  state: stateSchema.nullable(),
  expected_start_time: timestampSchema.nullable(),
  start_time: timestampSchema.nullable(),
  end_time: timestampSchema.nullable(),
  total_run_time: z.number(),
  estimated_run_time: z.number(),
  untrackable_result: z.boolean(),
});

export type RunDependency = z.infer<typeof runDependencySchema>;
