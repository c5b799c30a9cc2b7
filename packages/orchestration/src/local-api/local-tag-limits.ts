/** Limits of task runs by tag: the concurrency limits `tag:<tag>` as older clients see them. */
import {
  type ApiCallOptions,
  type ConcurrencyLease,
  type ConcurrencyLimit,
  type LimitReference,
  ObjectNotFoundError,
  type PageQuery,
  SlotsTakenError,
  type TagLimit,
  type TagLimitCreate,
  type TagLimitReset,
  type TagLimitsApi,
  type TagSlotRequest,
} from "@sluice/protocol";
import { endLease, leasesOf, openLease } from "../concurrency/leases.ts";
import { deleteLimit, newLimit } from "../concurrency/limits.ts";
import { requestSlots } from "../concurrency/request-slots.ts";
import { settle } from "../concurrency/slots.ts";
import type { Condition } from "../conditions.ts";
import { concurrencyLimitEvent } from "../events/concurrency-limit-events.ts";
import { pageOf } from "../filters/run-queries.ts";
import type { Store } from "../store.ts";
import type { LocalContext, Moment } from "./local-context.ts";
import { checkQuery } from "./requests.ts";

const PREFIX = "tag:";

/** Every lease of one slot that these clients take is held until they give it back, since they never renew one. */
export class LocalTagLimits implements TagLimitsApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  create(create: TagLimitCreate, options?: ApiCallOptions): Promise<TagLimit> {
    const { tag, concurrency_limit: limit } = create;
    return this.#context.transaction(options, async (store, moment) => {
      const limits = store.objects("concurrency_limit");
      const { object, created } = await limits.insert(newLimit({ name: `${PREFIX}${tag}`, limit }, moment));
      if (created) {
        moment.emit(concurrencyLimitEvent("created", object, moment));
        return toTagLimit(object, []);
      }
      const held = await findTagLimit(store, tag, "wait");
      const changes = { ...settle(held, moment.now), limit };
      await limits.update(held.id, changes);
      moment.emit(concurrencyLimitEvent("updated", { ...held, ...changes }, moment));
      return toTagLimit({ ...held, ...changes }, await leasesOf(store, [held.id]));
    });
  }

  async get(id: string, options?: ApiCallOptions): Promise<TagLimit> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const limit = await findById(store, id);
    return toTagLimit(limit, await leasesOf(store, [limit.id]));
  }

  async getByTag(tag: string, options?: ApiCallOptions): Promise<TagLimit> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const limit = await findTagLimit(store, tag);
    return toTagLimit(limit, await leasesOf(store, [limit.id]));
  }

  async filter(query: PageQuery, options?: ApiCallOptions): Promise<TagLimit[]> {
    checkQuery(query, options);
    const { store } = this.#context;
    const limits = await store.objects("concurrency_limit").list({
      where: { type: "starts-with", member: "name", prefixes: [PREFIX] },
      orderBy: [{ member: "name", direction: "asc" }],
      ...pageOf(query),
    });
    const leases = await leasesOf(
      store,
      limits.map(({ id }) => id),
    );
    return limits.map((limit) => toTagLimit(limit, leases));
  }

  reset(tag: string, reset: TagLimitReset, options?: ApiCallOptions): Promise<void> {
    const taskRunIds = new Set(reset.slot_override ?? []);
    return this.#context.transaction(options, async (store, moment) => {
      const { id } = await findTagLimit(store, tag);
      for (const lease of await leasesOf(store, [id])) await endLease(store, lease.id, moment);
      const limit = await findTagLimit(store, tag, "wait");
      // Slots that were taken without a lease are given back too.
      const changes = { ...settle(limit, moment.now), active_slots: taskRunIds.size };
      await store.objects("concurrency_limit").update(id, changes);
      for (const taskRunId of taskRunIds) {
        const holder = { type: "task_run", id: taskRunId } as const;
        await openLease(store, { limits: [limit], slots: 1, seconds: null, holder }, moment);
      }
    });
  }

  delete(id: string, options?: ApiCallOptions): Promise<void> {
    return this.#delete((store) => findById(store, id, "wait"), options);
  }

  deleteByTag(tag: string, options?: ApiCallOptions): Promise<void> {
    return this.#delete((store) => findTagLimit(store, tag, "wait"), options);
  }

  async increment(request: TagSlotRequest, options?: ApiCallOptions): Promise<LimitReference[]> {
    const { names: tags, task_run_id: taskRunId } = request;
    options?.signal?.throwIfAborted();
    const named = await this.#context.store.objects("concurrency_limit").list({ where: namedOneOf(tags) });
    const closed = named.find((limit) => limit.active && limit.limit === 0);
    if (closed !== undefined) throw new SlotsTakenError(closedReason(closed), null);
    const limits = await requestSlots(
      this.#context,
      {
        slots: 1,
        names: tags.map((tag) => `${PREFIX}${tag}`),
        lease: { id: this.#context.newId(), seconds: null, holder: { type: "task_run", id: taskRunId } },
      },
      options,
    );
    return limits
      .filter((limit) => limit.active)
      .map((limit) => ({ ...reference(limit), name: tagOf(limit) }));
  }

  decrement(request: TagSlotRequest, options?: ApiCallOptions): Promise<LimitReference[]> {
    return this.#context.transaction(options, async (store, moment) => {
      const limits = await store
        .objects("concurrency_limit")
        .list({ where: namedOneOf(request.names), orderBy: [{ member: "id", direction: "asc" }] });
      const leases = await leasesOf(
        store,
        limits.map(({ id }) => id),
      );
      const own = leases.filter((lease) => lease.holder?.id === request.task_run_id);
      for (const lease of own) await endLease(store, lease.id, moment);
      return limits.map(reference);
    });
  }

  #delete(
    find: (store: Store) => Promise<ConcurrencyLimit>,
    options: ApiCallOptions | undefined,
  ): Promise<void> {
    return this.#context.transaction(options, async (store: Store, moment: Moment) =>
      deleteLimit(store, await find(store), moment),
    );
  }
}

/** Why nobody gets a slot of a limit of none, in the words that older clients wait for. */
function closedReason(limit: ConcurrencyLimit): string {
  return `The concurrency limit on tag "${tagOf(limit)}" is 0 and will deadlock if the task tries to run again.`;
}

async function findById(store: Store, id: string, lock?: "wait"): Promise<ConcurrencyLimit> {
  const where: Condition<ConcurrencyLimit> = { type: "equals", member: "id", value: id };
  const [limit] = await store.objects("concurrency_limit").list({ where, limit: 1, lock });
  if (limit === undefined || !limit.name.startsWith(PREFIX)) {
    throw new ObjectNotFoundError("tag limit", id);
  }
  return limit;
}

async function findTagLimit(store: Store, tag: string, lock?: "wait"): Promise<ConcurrencyLimit> {
  const where: Condition<ConcurrencyLimit> = { type: "equals", member: "name", value: `${PREFIX}${tag}` };
  const [limit] = await store.objects("concurrency_limit").list({ where, limit: 1, lock });
  if (limit === undefined) throw new ObjectNotFoundError("tag limit", tag);
  return limit;
}

function namedOneOf(tags: readonly string[]): Condition<ConcurrencyLimit> {
  return { type: "one-of", member: "name", values: tags.map((tag) => `${PREFIX}${tag}`) };
}

function toTagLimit(limit: ConcurrencyLimit, leases: readonly ConcurrencyLease[]): TagLimit {
  const holders = leases.filter(
    (lease) => lease.holder?.type === "task_run" && lease.limit_ids.includes(limit.id),
  );
  return {
    id: limit.id,
    created: limit.created,
    updated: limit.updated,
    tag: tagOf(limit),
    concurrency_limit: limit.limit,
    active_slots: holders.map((lease) => lease.holder?.id ?? lease.id),
  };
}

function tagOf(limit: ConcurrencyLimit): string {
  return limit.name.slice(PREFIX.length);
}

function reference({ id, name, limit }: ConcurrencyLimit): LimitReference {
  return { id, name, limit };
}
