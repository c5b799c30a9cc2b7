/** Who counts against the limits of pools and queues. */
import type { SlotHolder, WorkPoolConcurrency, WorkQueueConcurrency } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import type { Store } from "../store.ts";
import type { StoredFlowRun, StoredWorkPool, StoredWorkQueue } from "../stored-nouns.ts";
import { secondsBetween } from "../timestamp.ts";
import { inPool, inQueue } from "./active-slots.ts";

/** Pages are counted from 1. */
export interface StatusPage {
  readonly page: number;
  readonly limit: number;
  readonly now: string;
}

/** `flowRunLimit` is how many runs are told of each queue. */
export async function poolConcurrency(
  store: Store,
  pool: StoredWorkPool,
  { page, limit, now, flowRunLimit }: StatusPage & { readonly flowRunLimit: number },
): Promise<WorkPoolConcurrency> {
  const queues = store.objects("work_queue");
  const where: Condition<StoredWorkQueue> = { type: "equals", member: "work_pool_id", value: pool.id };
  const count = await queues.count(where);
  const shown = await queues.list({
    where,
    orderBy: [{ member: "priority", direction: "asc" }],
    limit,
    offset: (page - 1) * limit,
  });
  const details: WorkPoolConcurrency["queues"] = [];
  for (const queue of shown) {
    const active = await store.flowRuns.count(inQueue(queue.id));
    details.push({
      queue_id: queue.id,
      queue_name: queue.name,
      active_slots: active,
      concurrency_limit: queue.concurrency_limit,
      flow_runs: await slotHolders(store, queue.id, { page: 1, limit: flowRunLimit, now }),
      flow_run_count: active,
    });
  }
  return {
    active_slots: await store.flowRuns.count(inPool(pool.id)),
    concurrency_limit: pool.concurrency_limit,
    queues: details,
    ...pageNumbers(count, { page, limit }),
  };
}

export async function queueConcurrency(
  store: Store,
  queue: StoredWorkQueue,
  page: StatusPage,
): Promise<WorkQueueConcurrency> {
  const active = await store.flowRuns.count(inQueue(queue.id));
  return {
    active_slots: active,
    concurrency_limit: queue.concurrency_limit,
    flow_runs: await slotHolders(store, queue.id, page),
    ...pageNumbers(active, page),
  };
}

async function slotHolders(store: Store, queueId: string, page: StatusPage): Promise<SlotHolder[]> {
  if (page.limit === 0) return [];
  const runs = await store.flowRuns.list({
    where: inQueue(queueId),
    orderBy: [{ member: "start_time", direction: "asc" }],
    limit: page.limit,
    offset: (page.page - 1) * page.limit,
  });
  return runs.map((run) => slotHolder(run, page.now));
}

function slotHolder(run: StoredFlowRun, now: string): SlotHolder {
  const since = run.state?.timestamp ?? null;
  return {
    id: run.id,
    name: run.name,
    state_type: run.state_type,
    state_name: run.state_name,
    start_time: run.start_time,
    state_timestamp: since,
    time_in_current_state: since === null ? null : Math.max(0, secondsBetween(since, now)),
  };
}

function pageNumbers(
  count: number,
  { page, limit }: Pick<StatusPage, "page" | "limit">,
): Pick<WorkQueueConcurrency, "count" | "limit" | "pages" | "page"> {
  return { count, limit, pages: Math.ceil(count / limit), page };
}
