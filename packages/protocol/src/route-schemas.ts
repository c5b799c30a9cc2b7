/** What goes in and out of each route of `ROUTES`: for the server that parses it, and for the document that describes it. */
import { z } from "zod";
import {
  BLOCK_DOCUMENT_ROUTE_SCHEMAS,
  BLOCK_SCHEMA_ROUTE_SCHEMAS,
  BLOCK_TYPE_ROUTE_SCHEMAS,
  RESULT_STORAGE_ROUTE_SCHEMAS,
} from "./api/block-route-schemas.ts";
import { CONCURRENCY_LIMIT_ROUTE_SCHEMAS, TAG_LIMIT_ROUTE_SCHEMAS } from "./api/concurrency-route-schemas.ts";
import { DEPLOYMENT_ROUTE_SCHEMAS } from "./api/deployment-route-schemas.ts";
import { EVENT_ROUTE_SCHEMAS } from "./api/event-route-schemas.ts";
import {
  FLOW_ROUTE_SCHEMAS,
  FLOW_RUN_ROUTE_SCHEMAS,
  TASK_RUN_ROUTE_SCHEMAS,
} from "./api/run-route-schemas.ts";
import { SAVED_SEARCH_ROUTE_SCHEMAS } from "./api/saved-search-route-schemas.ts";
import { UI_ROUTE_SCHEMAS } from "./api/ui-route-schemas.ts";
import { ARTIFACT_ROUTE_SCHEMAS, VARIABLE_ROUTE_SCHEMAS } from "./api/variable-route-schemas.ts";
import {
  POOL_QUEUE_ROUTE_SCHEMAS,
  WORK_POOL_ROUTE_SCHEMAS,
  WORK_QUEUE_ROUTE_SCHEMAS,
  WORKER_ROUTE_SCHEMAS,
} from "./api/work-pool-route-schemas.ts";
import { logCreateSchema, logSchema } from "./log.ts";
import { logQuerySchema } from "./queries.ts";
import type { ApiNoun, ApiNouns } from "./routes.ts";

export interface RouteSchema {
  /** What the operation does, in a few words. */
  readonly summary: string;
  /** What the body must be; absent when there is none. */
  readonly body?: z.ZodType;
  /** What the members of the query may be that the route names, of which each is a text. */
  readonly query?: z.ZodObject;
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
  /** Whether the answer is a text that is sent as it is; default: JSON. */
  readonly isPlainText?: true;
  /**
   * Gives what `body` would make of a value, only faster, or undefined where it is not sure; for bodies of which there are
   * so many that it counts.
   */
  readonly readBody?: (value: unknown) => unknown;
}

/** Operations that travel as events have no route of their own. */
type Routed<N extends ApiNoun> = Exclude<keyof ApiNouns[N], "record" | "heartbeat">;

export const ROUTE_SCHEMAS = {
  flows: FLOW_ROUTE_SCHEMAS,
  flowRuns: FLOW_RUN_ROUTE_SCHEMAS,
  taskRuns: TASK_RUN_ROUTE_SCHEMAS,
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
  variables: VARIABLE_ROUTE_SCHEMAS,
  artifacts: ARTIFACT_ROUTE_SCHEMAS,
  blockTypes: BLOCK_TYPE_ROUTE_SCHEMAS,
  blockSchemas: BLOCK_SCHEMA_ROUTE_SCHEMAS,
  blockDocuments: BLOCK_DOCUMENT_ROUTE_SCHEMAS,
  resultStorage: RESULT_STORAGE_ROUTE_SCHEMAS,
  savedSearches: SAVED_SEARCH_ROUTE_SCHEMAS,
  ui: UI_ROUTE_SCHEMAS,
} as const satisfies { readonly [N in ApiNoun]: Readonly<Record<Routed<N>, RouteSchema>> };
