/** Concurrency limits, and the taking and giving back of their slots. */
import type {
  ConcurrencyLimit,
  ConcurrencyLimitCreate,
  ConcurrencyLimitUpdate,
  GlobalConcurrencyLimit,
  LeasedSlotRequest,
  LeasedSlots,
  LeaseRenewal,
  LeaseReturn,
  LimitReference,
  SlotRequest,
  SlotReturn,
} from "../concurrency-limit.ts";
import type { ApiCallOptions } from "../orchestration-api.ts";
import type { PageQuery } from "../queries.ts";

export interface ConcurrencyLimitsApi {
  /** @throws {ConflictError} when another limit has the name. */
  create(limit: ConcurrencyLimitCreate, options?: ApiCallOptions): Promise<ConcurrencyLimit>;
  get(idOrName: string, options?: ApiCallOptions): Promise<GlobalConcurrencyLimit>;
  update(idOrName: string, changes: ConcurrencyLimitUpdate, options?: ApiCallOptions): Promise<void>;
  /** Deletes the limit and the leases of its slots. */
  delete(idOrName: string, options?: ApiCallOptions): Promise<void>;
  /** By name. */
  filter(query: PageQuery, options?: ApiCallOptions): Promise<GlobalConcurrencyLimit[]>;
  /**
   * Takes slots of all the active limits of these names, or of none.
   * @throws {SlotsTakenError} when one of them has too few free.
   */
  increment(request: SlotRequest, options?: ApiCallOptions): Promise<LimitReference[]>;
  /** As `increment`, until the lease ends. There is a lease even when no limit has one of the names. */
  incrementWithLease(request: LeasedSlotRequest, options?: ApiCallOptions): Promise<LeasedSlots>;
  /** Gives slots back. */
  decrement(slots: SlotReturn, options?: ApiCallOptions): Promise<LimitReference[]>;
  /** Gives the slots of a lease back; a lease that ended is none. */
  decrementWithLease(lease: LeaseReturn, options?: ApiCallOptions): Promise<void>;
  /** @throws {LeaseEndedError} when the lease has ended. */
  renewLease(leaseId: string, renewal: LeaseRenewal, options?: ApiCallOptions): Promise<void>;
}
