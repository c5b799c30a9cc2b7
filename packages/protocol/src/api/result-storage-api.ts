/** The default storage of results: operations, and where they are over HTTP. */
import type { ApiCallOptions } from "../orchestration-api.ts";
import type { ResultStorage, ResultStorageUpdate } from "../result-storage.ts";

export interface ResultStorageApi {
  /** None, too, when its block was deleted. */
  get(options?: ApiCallOptions): Promise<ResultStorage>;
  /**
   * @throws {ObjectNotFoundError} when there is no such block.
   * @throws {InvalidRequestError} when files cannot be written to it.
   */
  set(storage: ResultStorageUpdate, options?: ApiCallOptions): Promise<ResultStorage>;
  clear(options?: ApiCallOptions): Promise<void>;
}

export const RESULT_STORAGE_ROUTES = {
  get: "GET /admin/storage",
  set: "PUT /admin/storage",
  clear: "DELETE /admin/storage",
} as const;
