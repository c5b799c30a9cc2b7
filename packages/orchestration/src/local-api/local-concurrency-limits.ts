/** Concurrency limits of the in-process API. */
import {
  type ApiCallOptions,
  type ConcurrencyLimit,
  type ConcurrencyLimitCreate,
  type ConcurrencyLimitsApi,
  type ConcurrencyLimitUpdate,
  ConflictError,
  type GlobalConcurrencyLimit,
  isUuid,
  type LeasedSlotRequest,
  type LeasedSlots,
  LeaseEndedError,
  type LeaseRenewal,
  type LeaseReturn,
  type LimitReference,
  ObjectNotFoundError,
  type PageQuery,
  type SlotRequest,
  type SlotReturn,
} from "@sluice/protocol";
import { holdLimitsByName, returnSlots } from "../concurrency/held-limits.ts";
import { endLease, extendLease, hasEnded } from "../concurrency/leases.ts";
import { deleteLimit, newLimit } from "../concurrency/limits.ts";
import { requestSlots, type SlotsWanted } from "../concurrency/request-slots.ts";
import { settle } from "../concurrency/slots.ts";
import type { Condition } from "../conditions.ts";
import { concurrencyLimitEvent } from "../events/concurrency-limit-events.ts";
import { pageOf } from "../filters/run-queries.ts";
import type { Store } from "../store.ts";
import type { LocalContext } from "./local-context.ts";
import { checkQuery, givenMembers } from "./requests.ts";

const DEFAULT_LEASE_SECONDS = 300;

/** Makes, changes and finds limits, and keeps the books of their slots. */
export class LocalConcurrencyLimits implements ConcurrencyLimitsApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  create(create: ConcurrencyLimitCreate, options?: ApiCallOptions): Promise<ConcurrencyLimit> {
    return this.#context.transaction(options, async (store, moment) => {
      const { object, created } = await store.objects("concurrency_limit").insert(newLimit(create, moment));
      if (!created)
        throw new ConflictError(`There is a concurrency limit ${create.name} already. Change it.`);
      moment.emit(concurrencyLimitEvent("created", object, moment));
      return object;
    });
  }

  async get(idOrName: string, options?: ApiCallOptions): Promise<GlobalConcurrencyLimit> {
    options?.signal?.throwIfAborted();
    return asRead(await findLimit(this.#context.store, idOrName), this.#context.now());
  }

  update(idOrName: string, update: ConcurrencyLimitUpdate, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) => {
      const limit = await findLimit(store, idOrName, "wait");
      const changes = { ...settle(limit, moment.now), ...givenMembers(update) };
      await store.objects("concurrency_limit").update(limit.id, changes);
      moment.emit(concurrencyLimitEvent("updated", { ...limit, ...changes }, moment));
    });
  }

  delete(idOrName: string, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) => {
      const limit = await findLimit(store, idOrName, "wait");
      await deleteLimit(store, limit, moment);
    });
  }

  async filter(query: PageQuery, options?: ApiCallOptions): Promise<GlobalConcurrencyLimit[]> {
    checkQuery(query, options);
    const now = this.#context.now();
    const limits = await this.#context.store
      .objects("concurrency_limit")
      .list({ orderBy: [{ member: "name", direction: "asc" }], ...pageOf(query) });
    return limits.map((limit) => asRead(limit, now));
  }

  async increment(request: SlotRequest, options?: ApiCallOptions): Promise<LimitReference[]> {
    const { slots, names, mode } = request;
    const limits = await requestSlots(this.#context, { slots, names, mode }, options);
    return limits.map(reference);
  }

  async incrementWithLease(request: LeasedSlotRequest, options?: ApiCallOptions): Promise<LeasedSlots> {
    const { slots, names, mode, lease_duration: seconds = DEFAULT_LEASE_SECONDS, holder = null } = request;
    const id = this.#context.newId();
    const wanted: SlotsWanted = { slots, names, mode, lease: { id, seconds, holder } };
    const limits = await requestSlots(this.#context, wanted, options);
    return { lease_id: id, limits: limits.map(reference) };
  }

  decrement(slotReturn: SlotReturn, options?: ApiCallOptions): Promise<LimitReference[]> {
    const { slots, names, occupancy_seconds: occupancySeconds } = slotReturn;
    return this.#context.transaction(options, async (store, moment) => {
      const limits = await holdLimitsByName(store, names);
      const returned = {
        limits: limits.filter((limit) => limit.active),
        slots,
        occupancySeconds: occupancySeconds ?? undefined,
      };
      await returnSlots(store, returned, moment);
      return limits.map(reference);
    });
  }

  decrementWithLease(lease: LeaseReturn, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) => {
      await endLease(store, lease.lease_id, moment);
    });
  }

  renewLease(leaseId: string, renewal: LeaseRenewal, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) => {
      const lease = await store.objects("concurrency_lease").find(leaseId);
      if (lease === undefined || hasEnded(lease, moment.now)) throw new LeaseEndedError(leaseId);
      const seconds = renewal.lease_duration ?? DEFAULT_LEASE_SECONDS;
      await extendLease(store, { id: leaseId, seconds }, moment);
    });
  }
}

async function findLimit(store: Store, idOrName: string, lock?: "wait"): Promise<ConcurrencyLimit> {
  const where: Condition<ConcurrencyLimit> = isUuid(idOrName)
    ? { type: "equals", member: "id", value: idOrName.toLowerCase() }
    : { type: "equals", member: "name", value: idOrName };
  const [limit] = await store.objects("concurrency_limit").list({ where, limit: 1, lock });
  if (limit === undefined) throw new ObjectNotFoundError("concurrency limit", idOrName);
  return limit;
}

function asRead(limit: ConcurrencyLimit, now: string): GlobalConcurrencyLimit {
  const { denied_slots: _denied, avg_slot_occupancy_seconds: _average, ...members } = limit;
  return { ...members, active_slots: settle(limit, now).active_slots };
}

function reference({ id, name, limit }: ConcurrencyLimit): LimitReference {
  return { id, name, limit };
}
