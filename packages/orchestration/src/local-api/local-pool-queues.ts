/** Queues of the in-process API, by name within their pool. */
import type {
  ApiCallOptions,
  PoolQueuesApi,
  WorkQueue,
  WorkQueueCreate,
  WorkQueueQuery,
  WorkQueueUpdate,
} from "@sluice/protocol";
import { workQueueFilter } from "../filters/place-filters.ts";
import { pageOf } from "../filters/run-queries.ts";
import { join } from "../filters/wire-filter.ts";
import type { StoredWorkQueue } from "../stored-nouns.ts";
import { toWorkQueue } from "../work-pools/active-slots.ts";
import { findPool, findQueue } from "../work-pools/find.ts";
import { createQueue, deleteQueue, updateQueue } from "../work-pools/queues.ts";
import type { LocalContext } from "./local-context.ts";
import { checkQuery } from "./requests.ts";

export class LocalPoolQueues implements PoolQueuesApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  create(poolName: string, create: WorkQueueCreate, options?: ApiCallOptions): Promise<WorkQueue> {
    return this.#context.transaction(options, async (store, moment) => {
      const pool = await findPool(store, poolName, { lock: "wait" });
      return toWorkQueue(store, await createQueue(store, pool, create, moment), pool);
    });
  }

  async get(poolName: string, name: string, options?: ApiCallOptions): Promise<WorkQueue> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const pool = await findPool(store, poolName);
    return toWorkQueue(store, await findQueue(store, pool, name), pool);
  }

  update(poolName: string, name: string, changes: WorkQueueUpdate, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) => {
      const pool = await findPool(store, poolName, { lock: "wait" });
      const queue = await findQueue(store, pool, name, { lock: "wait" });
      await updateQueue(store, { pool, queue }, changes, moment);
    });
  }

  delete(poolName: string, name: string, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) => {
      const pool = await findPool(store, poolName, { lock: "wait" });
      const queue = await findQueue(store, pool, name, { lock: "wait" });
      await deleteQueue(store, { pool, queue }, moment);
    });
  }

  async filter(poolName: string, query: WorkQueueQuery, options?: ApiCallOptions): Promise<WorkQueue[]> {
    checkQuery(query, options);
    const { store } = this.#context;
    const pool = await findPool(store, poolName);
    const queues = await store.objects("work_queue").list({
      where: join<StoredWorkQueue>("and_", [
        { type: "equals", member: "work_pool_id", value: pool.id },
        workQueueFilter(query.work_queues),
      ]),
      orderBy: [{ member: "priority", direction: "asc" }],
      ...pageOf(query),
    });
    return Promise.all(queues.map((queue) => toWorkQueue(store, queue, pool)));
  }
}
