/** Variables: operations, and where they are over HTTP. */
import type { ApiCallOptions } from "../orchestration-api.ts";
import type { Variable, VariableCreate, VariableQuery, VariableUpdate } from "../variable.ts";

export interface VariablesApi {
  /** @throws {ConflictError} when there is a variable of this name. */
  create(variable: VariableCreate, options?: ApiCallOptions): Promise<Variable>;
  get(id: string, options?: ApiCallOptions): Promise<Variable>;
  getByName(name: string, options?: ApiCallOptions): Promise<Variable>;
  update(id: string, changes: VariableUpdate, options?: ApiCallOptions): Promise<void>;
  updateByName(name: string, changes: VariableUpdate, options?: ApiCallOptions): Promise<void>;
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  deleteByName(name: string, options?: ApiCallOptions): Promise<void>;
  filter(query: VariableQuery, options?: ApiCallOptions): Promise<Variable[]>;
  count(query: VariableQuery, options?: ApiCallOptions): Promise<number>;
}

export const VARIABLE_ROUTES = {
  create: "POST /variables/",
  get: "GET /variables/{id}",
  getByName: "GET /variables/name/{name}",
  update: "PATCH /variables/{id}",
  updateByName: "PATCH /variables/name/{name}",
  delete: "DELETE /variables/{id}",
  deleteByName: "DELETE /variables/name/{name}",
  filter: "POST /variables/filter",
  count: "POST /variables/count",
} as const;
