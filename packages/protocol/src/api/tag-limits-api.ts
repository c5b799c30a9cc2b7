/** Concurrency limits of task runs by tag, as older clients ask for them. */
import type { LimitReference } from "../concurrency-limit.ts";
import type { ApiCallOptions } from "../orchestration-api.ts";
import type { PageQuery } from "../queries.ts";
import type { TagLimit, TagLimitCreate, TagLimitReset, TagSlotRequest } from "../tag-limit.ts";

export interface TagLimitsApi {
  /** The limit of a tag, changed if there is one. */
  create(limit: TagLimitCreate, options?: ApiCallOptions): Promise<TagLimit>;
  get(id: string, options?: ApiCallOptions): Promise<TagLimit>;
  getByTag(tag: string, options?: ApiCallOptions): Promise<TagLimit>;
  /** By tag. */
  filter(query: PageQuery, options?: ApiCallOptions): Promise<TagLimit[]>;
  /** Ends the leases of all slots, and gives the slots to the task runs named. */
  reset(tag: string, reset: TagLimitReset, options?: ApiCallOptions): Promise<void>;
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  deleteByTag(tag: string, options?: ApiCallOptions): Promise<void>;
  /**
   * Takes a slot of each tag that has a limit, or none, until the task run gives them back.
   * @throws {SlotsTakenError} when one of them has none free.
   */
  increment(request: TagSlotRequest, options?: ApiCallOptions): Promise<LimitReference[]>;
  /** Gives back what the task run holds of these tags. */
  decrement(request: TagSlotRequest, options?: ApiCallOptions): Promise<LimitReference[]>;
}
