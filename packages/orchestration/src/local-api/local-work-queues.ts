/** Queues of the in-process API by id, as older clients ask for them. */
import type {
  ApiCallOptions,
  FlowRun,
  WorkQueue,
  WorkQueueConcurrency,
  WorkQueueConcurrencyQuery,
  WorkQueueCreate,
  WorkQueuePoll,
  WorkQueueQuery,
  WorkQueueStatus,
  WorkQueuesApi,
  WorkQueueUpdate,
} from "@sluice/protocol";
import { withEstimates } from "../estimates.ts";
import { workQueueFilter } from "../filters/place-filters.ts";
import { DEFAULT_LIMIT, pageOf } from "../filters/run-queries.ts";
import type { Store } from "../store.ts";
import { secondsBetween } from "../timestamp.ts";
import { toWorkQueue } from "../work-pools/active-slots.ts";
import { ensureAgentPool } from "../work-pools/agent-pool.ts";
import { queueConcurrency } from "../work-pools/concurrency-status.ts";
import {
  AGENT_POOL,
  findPool,
  findPoolById,
  findQueue,
  findQueueById,
  type Place,
} from "../work-pools/find.ts";
import { markPolled } from "../work-pools/mark-polled.ts";
import { POLL_TIMEOUT_SECONDS } from "../work-pools/poll-timeout.ts";
import { createQueue, deleteQueue, updateQueue } from "../work-pools/queues.ts";
import { dueRuns } from "../work-pools/scheduled-runs.ts";
import type { LocalContext } from "./local-context.ts";
import { checkQuery } from "./requests.ts";

const MAX_LATE_RUNS = 0;

export class LocalWorkQueues implements WorkQueuesApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  create(create: WorkQueueCreate, options?: ApiCallOptions): Promise<WorkQueue> {
    return this.#context.transaction(options, async (store, moment) => {
      const pool = await ensureAgentPool(store, moment);
      return toWorkQueue(store, await createQueue(store, pool, create, moment), pool);
    });
  }

  async get(id: string, options?: ApiCallOptions): Promise<WorkQueue> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const { pool, queue } = await findPlace(store, id);
    return toWorkQueue(store, queue, pool);
  }

  async getByName(name: string, options?: ApiCallOptions): Promise<WorkQueue> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const pool = await findPool(store, AGENT_POOL);
    return toWorkQueue(store, await findQueue(store, pool, name), pool);
  }

  update(id: string, changes: WorkQueueUpdate, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) =>
      updateQueue(store, await holdPlace(store, id), changes, moment),
    );
  }

  delete(id: string, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) =>
      deleteQueue(store, await holdPlace(store, id), moment),
    );
  }

  async filter(query: WorkQueueQuery, options?: ApiCallOptions): Promise<WorkQueue[]> {
    checkQuery(query, options);
    const { store } = this.#context;
    const queues = await store.objects("work_queue").list({
      where: workQueueFilter(query.work_queues),
      orderBy: [{ member: "name", direction: "asc" }],
      ...pageOf(query),
    });
    const poolIds = [...new Set(queues.map((queue) => queue.work_pool_id))];
    const pools = await store
      .objects("work_pool")
      .list({ where: { type: "one-of", member: "id", values: poolIds } });
    const names = new Map(pools.map((pool) => [pool.id, pool.name]));
    return Promise.all(
      queues.map((queue) => toWorkQueue(store, queue, { name: names.get(queue.work_pool_id) ?? "" })),
    );
  }

  async getRuns(id: string, poll: WorkQueuePoll, options?: ApiCallOptions): Promise<FlowRun[]> {
    checkQuery({ limit: poll.limit }, options);
    const { store } = this.#context;
    const { pool, queue } = await findPlace(store, id);
    const runs = await dueRuns(store, {
      pool,
      queues: [queue],
      limit: poll.limit ?? DEFAULT_LIMIT,
      before: poll.scheduled_before,
      after: undefined,
    });
    await markPolled(this.#context, pool, [queue]);
    const now = this.#context.now();
    return runs.map((run) => withEstimates(run, now));
  }

  async status(id: string, options?: ApiCallOptions): Promise<WorkQueueStatus> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const { last_polled: polled } = await findQueueById(store, id);
    const late = await store.flowRuns.count({
      type: "all",
      conditions: [
        { type: "equals", member: "work_queue_id", value: id },
        { type: "equals", member: "state_type", value: "SCHEDULED" },
        { type: "equals", member: "state_name", value: "Late" },
      ],
    });
    const isPolled = polled !== null && secondsBetween(polled, this.#context.now()) <= POLL_TIMEOUT_SECONDS;
    return {
      healthy: isPolled && late <= MAX_LATE_RUNS,
      late_runs_count: late,
      last_polled: polled,
      health_check_policy: {
        maximum_late_runs: MAX_LATE_RUNS,
        maximum_seconds_since_last_polled: POLL_TIMEOUT_SECONDS,
      },
    };
  }

  async concurrencyStatus(
    id: string,
    query: WorkQueueConcurrencyQuery,
    options?: ApiCallOptions,
  ): Promise<WorkQueueConcurrency> {
    checkQuery({ limit: query.limit }, options);
    const { store } = this.#context;
    const page = { page: query.page ?? 1, limit: query.limit ?? DEFAULT_LIMIT, now: this.#context.now() };
    return queueConcurrency(store, await findQueueById(store, id), page);
  }
}

async function findPlace(store: Store, id: string): Promise<Place> {
  const queue = await findQueueById(store, id);
  return { queue, pool: await findPoolById(store, queue.work_pool_id) };
}

/** The pool is held before its queue everywhere, so that nobody waits in a circle. */
async function holdPlace(store: Store, id: string): Promise<Place> {
  const { work_pool_id: poolId } = await findQueueById(store, id);
  const pool = await findPoolById(store, poolId, { lock: "wait" });
  return { pool, queue: await findQueueById(store, id, { lock: "wait" }) };
}
