/** What goes in and out of each route of `ROUTES`: for the server that parses it, and for the document that describes it. */
import { z } from "zod";
import { CONCURRENCY_LIMIT_ROUTE_SCHEMAS, TAG_LIMIT_ROUTE_SCHEMAS } from "./api/concurrency-route-schemas.ts";
import { DEPLOYMENT_ROUTE_SCHEMAS } from "./api/deployment-route-schemas.ts";
import { EVENT_ROUTE_SCHEMAS } from "./api/event-route-schemas.ts";
import {
  POOL_QUEUE_ROUTE_SCHEMAS,
  WORK_POOL_ROUTE_SCHEMAS,
  WORK_QUEUE_ROUTE_SCHEMAS,
  WORKER_ROUTE_SCHEMAS,
} from "./api/work-pool-route-schemas.ts";
import { flowCreateSchema, flowSchema } from "./flow.ts";
import { flowRunCreateSchema, flowRunSchema, flowRunUpdateSchema } from "./flow-run.ts";
import { logCreateSchema, logSchema } from "./log.ts";
import { orchestrationResultSchema } from "./orchestration-result.ts";
import { flowQuerySchema, flowRunQuerySchema, logQuerySchema, taskRunQuerySchema } from "./queries.ts";
import type { ApiNoun, ApiNouns } from "./routes.ts";
import { stateCreateSchema, stateSchema } from "./state.ts";
import { taskRunCreateSchema, taskRunSchema } from "./task-run.ts";

export interface RouteSchema {
  /** What the operation does, in a few words. */
  readonly summary: string;
  /** What the body must be; absent when there is none. */
  readonly body?: z.ZodType;
  /** What is answered; absent for an empty answer. */
  readonly answer?: z.ZodType;
  /**
   * Default: 200, and 204 for an empty answer. `created`: 201 when the object was made by this request (its `created` is
   * not before the request), else 200. `transition`: 201 when the state was written by this request, else 200.
   */
  readonly status?: number | "created" | "transition";
  /**
   * Characters that no database can keep (NUL, halves of surrogate pairs) are taken out of the body, since it quotes what
   * programs printed or threw; default: such a body is refused.
   */
  readonly isTextCleaned?: true;
}

const setStateSchema = z.object({ state: stateCreateSchema, force: z.boolean().default(false) });

/** Operations that travel as events have no route of their own. */
type Routed<N extends ApiNoun> = Exclude<keyof ApiNouns[N], "record" | "heartbeat">;

export const ROUTE_SCHEMAS = {
  flows: {
    create: {
      summary: "Create a flow, or get the one that has the name",
      body: flowCreateSchema,
      answer: flowSchema,
      status: "created",
    },
    get: { summary: "Get a flow", answer: flowSchema },
    filter: { summary: "List flows", body: flowQuerySchema, answer: z.array(flowSchema) },
    count: { summary: "Count flows", body: flowQuerySchema, answer: z.int() },
  },
  flowRuns: {
    create: {
      summary: "Create a flow run, or get the one that has the idempotency key",
      body: flowRunCreateSchema,
      answer: flowRunSchema,
      status: "created",
    },
    get: { summary: "Get a flow run", answer: flowRunSchema },
    update: { summary: "Change members of a flow run", body: flowRunUpdateSchema },
    delete: { summary: "Delete a flow run with its task runs and logs" },
    setState: {
      summary: "Propose a state for a flow run",
      body: setStateSchema,
      answer: orchestrationResultSchema,
      status: "transition",
      isTextCleaned: true,
    },
    states: { summary: "List the states a flow run had", answer: z.array(stateSchema) },
    filter: { summary: "List flow runs", body: flowRunQuerySchema, answer: z.array(flowRunSchema) },
    count: { summary: "Count flow runs", body: flowRunQuerySchema, answer: z.int() },
  },
  taskRuns: {
    create: {
      summary: "Create a task run, or get the one that has the keys",
      body: taskRunCreateSchema,
      answer: taskRunSchema,
      status: "created",
    },
    get: { summary: "Get a task run", answer: taskRunSchema },
    states: { summary: "List the states a task run had", answer: z.array(stateSchema) },
    filter: { summary: "List task runs", body: taskRunQuerySchema, answer: z.array(taskRunSchema) },
    count: { summary: "Count task runs", body: taskRunQuerySchema, answer: z.int() },
  },
  logs: {
    create: { summary: "Keep log lines", body: z.array(logCreateSchema), status: 201, isTextCleaned: true },
    filter: { summary: "List log lines", body: logQuerySchema, answer: z.array(logSchema) },
  },
  deployments: DEPLOYMENT_ROUTE_SCHEMAS,
  events: EVENT_ROUTE_SCHEMAS,
  concurrencyLimits: CONCURRENCY_LIMIT_ROUTE_SCHEMAS,
  tagLimits: TAG_LIMIT_ROUTE_SCHEMAS,
  workPools: WORK_POOL_ROUTE_SCHEMAS,
  poolQueues: POOL_QUEUE_ROUTE_SCHEMAS,
  workQueues: WORK_QUEUE_ROUTE_SCHEMAS,
  workers: WORKER_ROUTE_SCHEMAS,
} as const satisfies { readonly [N in ApiNoun]: Readonly<Record<Routed<N>, RouteSchema>> };
