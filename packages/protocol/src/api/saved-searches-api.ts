/** Saved searches: operations, and where they are over HTTP. */
import type { ApiCallOptions } from "../orchestration-api.ts";
import type { PageQuery } from "../queries.ts";
import type { SavedSearch, SavedSearchCreate } from "../saved-search.ts";

export interface SavedSearchesApi {
  /** A search under a name; one that has the name gets the new filters. */
  save(search: SavedSearchCreate, options?: ApiCallOptions): Promise<SavedSearch>;
  get(id: string, options?: ApiCallOptions): Promise<SavedSearch>;
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  /** By name. */
  filter(query: PageQuery, options?: ApiCallOptions): Promise<SavedSearch[]>;
}

export const SAVED_SEARCH_ROUTES = {
  save: "PUT /saved_searches/",
  get: "GET /saved_searches/{id}",
  delete: "DELETE /saved_searches/{id}",
  filter: "POST /saved_searches/filter",
} as const;
