/** What goes in and out of the routes of flows, flow runs and task runs. */
import { z } from "zod";
import { flowRunExplanationSchema } from "../explanation.ts";
import { flowCreateSchema, flowSchema, flowUpdateSchema, labelsSchema } from "../flow.ts";
import { flowRunCreateSchema, flowRunSchema, flowRunUpdateSchema } from "../flow-run.ts";
import {
  flowRunsDeleteSchema,
  flowRunsSetStateSchema,
  flowRunsStateResultSchema,
  resumptionSchema,
} from "../flow-run-actions.ts";
import { flowRunInputCreateSchema, flowRunInputQuerySchema, flowRunInputSchema } from "../flow-run-input.ts";
import { orchestrationResultSchema } from "../orchestration-result.ts";
import { flowQuerySchema, flowRunQuerySchema, taskRunQuerySchema } from "../queries.ts";
import { runDependencySchema, runGraphSchema } from "../run-graph.ts";
import { runHistoryQuerySchema, runHistorySpanSchema } from "../run-history.ts";
import {
  deletedSchema,
  flowPageQuerySchema,
  flowPageSchema,
  flowRunPageQuerySchema,
  flowRunPageSchema,
  flowsDeleteSchema,
  taskRunPageQuerySchema,
  taskRunPageSchema,
} from "../run-pages.ts";
import { stateCreateSchema, stateSchema } from "../state.ts";
import { taskRunCreateSchema, taskRunSchema, taskRunUpdateSchema } from "../task-run.ts";

const setStateSchema = z.object({ state: stateCreateSchema, force: z.boolean().default(false) });

export const FLOW_ROUTE_SCHEMAS = {
  create: {
    summary: "Create a flow, or get the one that has the name",
    body: flowCreateSchema,
    answer: flowSchema,
    status: "created",
  },
  get: { summary: "Get a flow", answer: flowSchema },
  getByName: { summary: "Get a flow by its name", answer: flowSchema },
  update: { summary: "Change members of a flow", body: flowUpdateSchema },
  delete: { summary: "Delete a flow with its runs and deployments" },
  filter: { summary: "List flows", body: flowQuerySchema, answer: z.array(flowSchema) },
  count: { summary: "Count flows", body: flowQuerySchema, answer: z.int() },
  paginate: { summary: "Get a page of flows", body: flowPageQuerySchema, answer: flowPageSchema },
  bulkDelete: { summary: "Delete the flows that match", body: flowsDeleteSchema, answer: deletedSchema },
} as const;

export const FLOW_RUN_ROUTE_SCHEMAS = {
  create: {
    summary: "Create a flow run, or get the one that has the idempotency key",
    body: flowRunCreateSchema,
    answer: flowRunSchema,
    status: "created",
  },
  get: { summary: "Get a flow run", answer: flowRunSchema },
  update: { summary: "Change members of a flow run", body: flowRunUpdateSchema },
  updateLabels: { summary: "Add labels to a flow run", body: labelsSchema },
  delete: { summary: "Delete a flow run with its task runs and logs" },
  setState: {
    summary: "Propose a state for a flow run",
    body: setStateSchema,
    answer: orchestrationResultSchema,
    status: "transition",
    isTextCleaned: true,
  },
  resume: {
    summary: "Let a paused flow run go on",
    body: resumptionSchema,
    answer: orchestrationResultSchema,
    status: "transition",
  },
  states: { summary: "List the states a flow run had", answer: z.array(stateSchema) },
  getState: { summary: "Get a state that a flow run had", answer: stateSchema },
  filter: { summary: "List flow runs", body: flowRunQuerySchema, answer: z.array(flowRunSchema) },
  count: { summary: "Count flow runs", body: flowRunQuerySchema, answer: z.int() },
  paginate: { summary: "Get a page of flow runs", body: flowRunPageQuerySchema, answer: flowRunPageSchema },
  lateness: {
    summary: "Get the average lateness of flow runs, in seconds",
    body: flowRunQuerySchema,
    answer: z.number().nullable(),
  },
  history: {
    summary: "Count flow runs by time and state",
    body: runHistoryQuerySchema,
    answer: z.array(runHistorySpanSchema),
  },
  graph: { summary: "Get the graph of a flow run", answer: runGraphSchema },
  explain: { summary: "Say why a flow run is not running", answer: flowRunExplanationSchema },
  dependencies: { summary: "List what waited for what in a flow run", answer: z.array(runDependencySchema) },
  bulkDelete: {
    summary: "Delete the flow runs that match",
    body: flowRunsDeleteSchema,
    answer: deletedSchema,
  },
  bulkSetState: {
    summary: "Propose a state for the flow runs that match",
    body: flowRunsSetStateSchema,
    answer: z.object({ results: z.array(flowRunsStateResultSchema) }),
    isTextCleaned: true,
  },
  createInput: { summary: "Send text to a flow run", body: flowRunInputCreateSchema, status: 201 },
  filterInput: {
    summary: "List what was sent to a flow run",
    body: flowRunInputQuerySchema,
    answer: z.array(flowRunInputSchema),
  },
  getInput: { summary: "Get what was sent to a flow run under a key", answer: z.string(), isPlainText: true },
  deleteInput: { summary: "Delete what was sent to a flow run under a key" },
} as const;

export const TASK_RUN_ROUTE_SCHEMAS = {
  create: {
    summary: "Create a task run, or get the one that has the keys",
    body: taskRunCreateSchema,
    answer: taskRunSchema,
    status: "created",
  },
  get: { summary: "Get a task run", answer: taskRunSchema },
  update: { summary: "Change members of a task run", body: taskRunUpdateSchema },
  delete: { summary: "Delete a task run" },
  setState: {
    summary: "Propose a state for a task run",
    body: setStateSchema,
    answer: orchestrationResultSchema,
    status: "transition",
    isTextCleaned: true,
  },
  states: { summary: "List the states a task run had", answer: z.array(stateSchema) },
  getState: { summary: "Get a state that a task run had", answer: stateSchema },
  filter: { summary: "List task runs", body: taskRunQuerySchema, answer: z.array(taskRunSchema) },
  count: { summary: "Count task runs", body: taskRunQuerySchema, answer: z.int() },
  paginate: { summary: "Get a page of task runs", body: taskRunPageQuerySchema, answer: taskRunPageSchema },
  history: {
    summary: "Count task runs by time and state",
    body: runHistoryQuerySchema,
    answer: z.array(runHistorySpanSchema),
  },
} as const;
