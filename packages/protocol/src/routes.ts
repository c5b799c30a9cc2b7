/**
 * Where each operation of the orchestration API is over HTTP: the one table that clients call by and servers mount.
 *
 * An operation takes the values of its placeholders in the order they are written here, then an object of the members
 * in `{?member,member}` (of the query, all optional), then, for POST, PUT and PATCH, the body, then `ApiCallOptions`.
 * What it gives is the body of the answer; nothing is an empty one. Paths are below the API's base URL and end in a slash
 * exactly where Prefect's do.
 */
import { ARTIFACT_ROUTES } from "./api/artifacts-api.ts";
import { BLOCK_DOCUMENT_ROUTES, BLOCK_SCHEMA_ROUTES, BLOCK_TYPE_ROUTES } from "./api/blocks-api.ts";
import { DEPLOYMENT_ROUTES } from "./api/deployments-api.ts";
import { FLOW_RUN_ROUTES } from "./api/flow-runs-api.ts";
import { FLOW_ROUTES } from "./api/flows-api.ts";
import { RESULT_STORAGE_ROUTES } from "./api/result-storage-api.ts";
import { SAVED_SEARCH_ROUTES } from "./api/saved-searches-api.ts";
import { TASK_RUN_ROUTES } from "./api/task-runs-api.ts";
import { UI_ROUTES } from "./api/ui-api.ts";
import { VARIABLE_ROUTES } from "./api/variables-api.ts";
import type { OrchestrationApi } from "./orchestration-api.ts";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
export type Route = `${HttpMethod} /${string}`;

/** The members of `OrchestrationApi` that hold operations. */
export type ApiNouns = Omit<OrchestrationApi, "location" | "close">;
export type ApiNoun = keyof ApiNouns;

/** Carries operations whose arguments travel as events, many at once; what they mean is in the events' names. */
export const EVENTS_ROUTE = "POST /events";

/** A server that has this in its answer to `GET /admin/version` takes what Sluice adds to Prefect's contract. */
export const ADDITIONS_HEADER = "Sluice-Additions";

/** Noun → operation → route. A missing operation, and one that does not exist, is a type error. */
export const ROUTES = {
  flows: FLOW_ROUTES,
  flowRuns: FLOW_RUN_ROUTES,
  taskRuns: TASK_RUN_ROUTES,
  logs: {
    create: "POST /logs/",
    filter: "POST /logs/filter",
  },
  deployments: DEPLOYMENT_ROUTES,
  events: {
    create: EVENTS_ROUTE,
    filter: "POST /events/filter",
    next: "GET /events/filter/next?page-token={page_token}",
    countBy: "POST /events/count-by/{countable}",
  },
  concurrencyLimits: {
    create: "POST /v2/concurrency_limits/",
    get: "GET /v2/concurrency_limits/{id_or_name}",
    update: "PATCH /v2/concurrency_limits/{id_or_name}",
    delete: "DELETE /v2/concurrency_limits/{id_or_name}",
    filter: "POST /v2/concurrency_limits/filter",
    increment: "POST /v2/concurrency_limits/increment",
    incrementWithLease: "POST /v2/concurrency_limits/increment-with-lease",
    decrement: "POST /v2/concurrency_limits/decrement",
    decrementWithLease: "POST /v2/concurrency_limits/decrement-with-lease",
    renewLease: "POST /v2/concurrency_limits/leases/{lease_id}/renew",
  },
  tagLimits: {
    create: "POST /concurrency_limits/",
    get: "GET /concurrency_limits/{id}",
    getByTag: "GET /concurrency_limits/tag/{tag}",
    filter: "POST /concurrency_limits/filter",
    reset: "POST /concurrency_limits/tag/{tag}/reset",
    delete: "DELETE /concurrency_limits/{id}",
    deleteByTag: "DELETE /concurrency_limits/tag/{tag}",
    increment: "POST /concurrency_limits/increment",
    decrement: "POST /concurrency_limits/decrement",
  },
  workPools: {
    create: "POST /work_pools/",
    get: "GET /work_pools/{name}",
    update: "PATCH /work_pools/{name}",
    delete: "DELETE /work_pools/{name}",
    filter: "POST /work_pools/filter",
    count: "POST /work_pools/count",
    concurrencyStatus: "POST /work_pools/{name}/concurrency_status",
    getScheduledFlowRuns: "POST /work_pools/{name}/get_scheduled_flow_runs",
  },
  poolQueues: {
    create: "POST /work_pools/{work_pool_name}/queues",
    get: "GET /work_pools/{work_pool_name}/queues/{name}",
    update: "PATCH /work_pools/{work_pool_name}/queues/{name}",
    delete: "DELETE /work_pools/{work_pool_name}/queues/{name}",
    filter: "POST /work_pools/{work_pool_name}/queues/filter",
  },
  workQueues: {
    create: "POST /work_queues/",
    get: "GET /work_queues/{id}",
    getByName: "GET /work_queues/name/{name}",
    update: "PATCH /work_queues/{id}",
    delete: "DELETE /work_queues/{id}",
    filter: "POST /work_queues/filter",
    getRuns: "POST /work_queues/{id}/get_runs",
    status: "GET /work_queues/{id}/status",
    concurrencyStatus: "POST /work_queues/{id}/concurrency_status",
  },
  workers: {
    heartbeat: "POST /work_pools/{work_pool_name}/workers/heartbeat",
    filter: "POST /work_pools/{work_pool_name}/workers/filter",
    delete: "DELETE /work_pools/{work_pool_name}/workers/{name}",
  },
  variables: VARIABLE_ROUTES,
  artifacts: ARTIFACT_ROUTES,
  blockTypes: BLOCK_TYPE_ROUTES,
  blockSchemas: BLOCK_SCHEMA_ROUTES,
  blockDocuments: BLOCK_DOCUMENT_ROUTES,
  resultStorage: RESULT_STORAGE_ROUTES,
  savedSearches: SAVED_SEARCH_ROUTES,
  ui: UI_ROUTES,
} as const satisfies { readonly [N in ApiNoun]: Readonly<Record<keyof ApiNouns[N], Route>> };

export interface ParsedRoute {
  readonly method: HttpMethod;
  /** Without the query; placeholders in braces. */
  readonly path: string;
  /** Names of the placeholders, in order. */
  readonly placeholders: readonly string[];
  /** Member of the query → the placeholder that gives its value. */
  readonly query: Readonly<Record<string, string>>;
  /** Members of the query that may be there. */
  readonly members: readonly string[];
  /** Whether the operation takes a body. */
  readonly hasBody: boolean;
}

/** The parts of a route. */
export function parseRoute(route: Route): ParsedRoute {
  const [method, template = ""] = route.split(" ") as [HttpMethod, string];
  const [target = "", members = ""] = template.split(/\{\?([^}]*)\}/u);
  const [path = "", search = ""] = target.split("?");
  const query = search === "" ? [] : search.split("&").map((member) => member.split("="));
  return {
    method,
    path,
    placeholders: Array.from(target.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name),
    query: Object.fromEntries(query.map(([name = "", value = ""]) => [name, value.slice(1, -1)])),
    members: members === "" ? [] : members.split(","),
    hasBody: method !== "GET" && method !== "DELETE",
  };
}
