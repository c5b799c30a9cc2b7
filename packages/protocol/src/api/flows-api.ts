/** Flows: operations, and where they are over HTTP. */
import type { Flow, FlowCreate, FlowUpdate } from "../flow.ts";
import type { ApiCallOptions } from "../orchestration-api.ts";
import type { FlowQuery } from "../queries.ts";
import type { FlowPage, FlowPageQuery, FlowsDelete } from "../run-pages.ts";

export interface FlowsApi {
  /** The flow of this name; made if it is new, returned unchanged if it exists. */
  create(flow: FlowCreate, options?: ApiCallOptions): Promise<Flow>;
  get(id: string, options?: ApiCallOptions): Promise<Flow>;
  getByName(name: string, options?: ApiCallOptions): Promise<Flow>;
  update(id: string, changes: FlowUpdate, options?: ApiCallOptions): Promise<void>;
  /** Deletes the flow with its runs and deployments. */
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  filter(query: FlowQuery, options?: ApiCallOptions): Promise<Flow[]>;
  count(query: FlowQuery, options?: ApiCallOptions): Promise<number>;
  paginate(query: FlowPageQuery, options?: ApiCallOptions): Promise<FlowPage>;
  /** Deletes those that match, 50 at most; gives their ids. */
  bulkDelete(request: FlowsDelete, options?: ApiCallOptions): Promise<{ deleted: string[] }>;
}

export const FLOW_ROUTES = {
  create: "POST /flows/",
  get: "GET /flows/{id}",
  getByName: "GET /flows/name/{name}",
  update: "PATCH /flows/{id}",
  delete: "DELETE /flows/{id}",
  filter: "POST /flows/filter",
  count: "POST /flows/count",
  paginate: "POST /flows/paginate",
  bulkDelete: "POST /flows/bulk_delete",
} as const;
