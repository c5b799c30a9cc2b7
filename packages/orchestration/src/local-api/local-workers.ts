/** Workers of the in-process API. */
import {
  type ApiCallOptions,
  ObjectNotFoundError,
  type Worker,
  type WorkerHeartbeat,
  type WorkerQuery,
  type WorkersApi,
} from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import { pageOf } from "../filters/run-queries.ts";
import { join } from "../filters/wire-filter.ts";
import { workerFilter } from "../filters/worker-filter.ts";
import type { Store } from "../store.ts";
import { findPool } from "../work-pools/find.ts";
import { setPoolStatus } from "../work-pools/pools.ts";
import type { LocalContext } from "./local-context.ts";
import { checkQuery } from "./requests.ts";

export class LocalWorkers implements WorkersApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  heartbeat(poolName: string, beat: WorkerHeartbeat, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) => {
      const pool = await findPool(store, poolName, { lock: "wait" });
      const interval = beat.heartbeat_interval_seconds ?? null;
      const { object: worker, created } = await store.objects("worker").insert({
        id: moment.newId(),
        created: moment.now,
        updated: moment.now,
        name: beat.name,
        work_pool_id: pool.id,
        last_heartbeat_time: moment.now,
        heartbeat_interval_seconds: interval,
        status: "ONLINE",
      });
      if (!created) {
        await store.objects("worker").update(worker.id, {
          last_heartbeat_time: moment.now,
          status: "ONLINE",
          updated: moment.now,
          ...(interval !== null && { heartbeat_interval_seconds: interval }),
        });
      }
      await setPoolStatus(store, pool, "READY", moment);
    });
  }

  async filter(poolName: string, query: WorkerQuery, options?: ApiCallOptions): Promise<Worker[]> {
    checkQuery(query, options);
    const { store } = this.#context;
    const pool = await findPool(store, poolName);
    return store.objects("worker").list({
      where: join<Worker>("and_", [inPool(pool.id), workerFilter(query.workers)]),
      orderBy: [{ member: "last_heartbeat_time", direction: "desc" }],
      ...pageOf(query),
    });
  }

  delete(poolName: string, name: string, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store) => {
      const pool = await findPool(store, poolName);
      await store.objects("worker").delete(await findWorkerId(store, pool.id, name));
    });
  }
}

async function findWorkerId(store: Store, poolId: string, name: string): Promise<string> {
  const where: Condition<Worker> = {
    type: "all",
    conditions: [inPool(poolId), { type: "equals", member: "name", value: name }],
  };
  const [worker] = await store.objects("worker").list({ where, limit: 1 });
  if (worker === undefined) throw new ObjectNotFoundError("worker", name);
  return worker.id;
}

function inPool(id: string): Condition<Worker> {
  return { type: "equals", member: "work_pool_id", value: id };
}
