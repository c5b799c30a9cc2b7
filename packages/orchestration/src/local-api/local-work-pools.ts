/** Work pools of the in-process API. */
import type {
  ApiCallOptions,
  WorkerFlowRun,
  WorkPool,
  WorkPoolConcurrency,
  WorkPoolConcurrencyQuery,
  WorkPoolCreate,
  WorkPoolPoll,
  WorkPoolQuery,
  WorkPoolsApi,
  WorkPoolUpdate,
} from "@sluice/protocol";
import { isVersionAtLeast } from "../client-version.ts";
import { withEstimates } from "../estimates.ts";
import { workPoolFilter } from "../filters/place-filters.ts";
import { DEFAULT_LIMIT, pageOf } from "../filters/run-queries.ts";
import type { Store } from "../store.ts";
import type { StoredWorkPool, StoredWorkQueue } from "../stored-nouns.ts";
import { toWorkPool } from "../work-pools/active-slots.ts";
import { checkBaseJobTemplate } from "../work-pools/base-job-template.ts";
import { poolConcurrency } from "../work-pools/concurrency-status.ts";
import { findPool, findQueue, listQueues } from "../work-pools/find.ts";
import { markPolled } from "../work-pools/mark-polled.ts";
import { createPool, deletePool, updatePool } from "../work-pools/pools.ts";
import { dueRuns } from "../work-pools/scheduled-runs.ts";
import type { LocalContext } from "./local-context.ts";
import { checkQuery } from "./requests.ts";

const FLOW_RUNS_PER_QUEUE = 10;

/** Makes, changes and finds pools, and gives workers their runs. */
export class LocalWorkPools implements WorkPoolsApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async create(create: WorkPoolCreate, options?: ApiCallOptions): Promise<WorkPool> {
    await checkBaseJobTemplate(create.base_job_template ?? {});
    return this.#context.transaction(options, async (store, moment) =>
      forClient(await toWorkPool(store, await createPool(store, create, moment)), options),
    );
  }

  async get(name: string, options?: ApiCallOptions): Promise<WorkPool> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    return forClient(await toWorkPool(store, await findPool(store, name)), options);
  }

  async update(name: string, changes: WorkPoolUpdate, options?: ApiCallOptions): Promise<void> {
    await checkBaseJobTemplate(changes.base_job_template ?? {});
    await this.#context.transaction(options, async (store, moment) =>
      updatePool(store, await findPool(store, name, { lock: "wait" }), changes, moment),
    );
  }

  delete(name: string, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) =>
      deletePool(store, await findPool(store, name, { lock: "wait" }), moment),
    );
  }

  async filter(query: WorkPoolQuery, options?: ApiCallOptions): Promise<WorkPool[]> {
    checkQuery(query, options);
    const { store } = this.#context;
    const pools = await store.objects("work_pool").list({
      where: workPoolFilter(query.work_pools),
      orderBy: [{ member: "name", direction: "asc" }],
      ...pageOf(query),
    });
    return Promise.all(pools.map(async (pool) => forClient(await toWorkPool(store, pool), options)));
  }

  async count(query: WorkPoolQuery, options?: ApiCallOptions): Promise<number> {
    checkQuery(query, options);
    return this.#context.store.objects("work_pool").count(workPoolFilter(query.work_pools));
  }

  async concurrencyStatus(
    name: string,
    query: WorkPoolConcurrencyQuery,
    options?: ApiCallOptions,
  ): Promise<WorkPoolConcurrency> {
    checkQuery({ limit: query.limit }, options);
    const { store } = this.#context;
    const { page = 1, limit, flow_run_limit: flowRunLimit = FLOW_RUNS_PER_QUEUE } = query;
    return poolConcurrency(store, await findPool(store, name), {
      page,
      limit: limit ?? DEFAULT_LIMIT,
      flowRunLimit,
      now: this.#context.now(),
    });
  }

  async getScheduledFlowRuns(
    name: string,
    poll: WorkPoolPoll,
    options?: ApiCallOptions,
  ): Promise<WorkerFlowRun[]> {
    checkQuery({ limit: poll.limit }, options);
    const { store } = this.#context;
    const pool = await findPool(store, name);
    const queues = await namedQueues(store, pool, poll.work_queue_names ?? []);
    const runs = await dueRuns(store, {
      pool,
      queues,
      limit: poll.limit ?? DEFAULT_LIMIT,
      before: poll.scheduled_before,
      after: poll.scheduled_after,
    });
    await markPolled(this.#context, pool, queues);
    const now = this.#context.now();
    return runs.map((run) => ({
      work_pool_id: pool.id,
      work_queue_id: run.work_queue_id ?? "",
      flow_run: withEstimates(run, now),
    }));
  }
}

/** Clients before it refuse pools that tell where results are stored. */
const READS_RESULT_STORAGE_SINCE = [3, 3, 8] as const;

function forClient(pool: WorkPool, options: ApiCallOptions | undefined): WorkPool {
  const version = options?.clientVersion;
  if (version === undefined || isVersionAtLeast(version, READS_RESULT_STORAGE_SINCE)) return pool;
  const { default_result_storage_block_id: _storage, ...storage_configuration } = pool.storage_configuration;
  return { ...pool, storage_configuration };
}

/** Without names all queues of the pool, first served first. */
async function namedQueues(
  store: Store,
  pool: StoredWorkPool,
  names: readonly string[],
): Promise<StoredWorkQueue[]> {
  if (names.length === 0) return listQueues(store, pool.id);
  const queues = await Promise.all([...new Set(names)].map((name) => findQueue(store, pool, name)));
  return queues.toSorted((a, b) => a.priority - b.priority);
}
