/** Which runs workers may start now. */
import type { Condition } from "../conditions.ts";
import type { Store } from "../store.ts";
import type { StoredFlowRun, StoredWorkPool, StoredWorkQueue } from "../stored-nouns.ts";
import { canonicalTimestamp } from "../timestamp.ts";
import { inPool, inQueue } from "./active-slots.ts";

export interface Poll {
  readonly pool: StoredWorkPool;
  /** Those that are asked for, first served first. */
  readonly queues: readonly StoredWorkQueue[];
  readonly limit: number;
  readonly before: string | null | undefined;
  readonly after: string | null | undefined;
}

/**
 * Runs that are due, as many as queues and pool have slots for: queue by queue, then by time. Costs what waits and what
 * runs, not what has ended.
 */
export async function dueRuns(store: Store, poll: Poll): Promise<StoredFlowRun[]> {
  const { pool, queues } = poll;
  if (pool.is_paused) return [];
  let free = Math.min(poll.limit, await freeIn(store, pool.concurrency_limit, inPool(pool.id)));
  const due: StoredFlowRun[] = [];
  for (const queue of queues) {
    if (free <= 0) break;
    if (queue.is_paused) continue;
    const limit = Math.min(free, await freeIn(store, queue.concurrency_limit, inQueue(queue.id)));
    const runs = limit > 0 ? await listDue(store, queue, { ...poll, limit }) : [];
    due.push(...runs);
    free -= runs.length;
  }
  return due;
}

async function freeIn(
  store: Store,
  limit: number | null,
  occupying: Condition<StoredFlowRun>,
): Promise<number> {
  return limit === null ? Number.POSITIVE_INFINITY : limit - (await store.flowRuns.count(occupying));
}

/** Runs whose own process is to retry them are passed over. */
async function listDue(
  store: Store,
  queue: StoredWorkQueue,
  { before, after, limit }: Poll,
): Promise<StoredFlowRun[]> {
  const conditions: Condition<StoredFlowRun>[] = [
    { type: "equals", member: "work_queue_id", value: queue.id },
    { type: "equals", member: "state_type", value: "SCHEDULED" },
  ];
  const member = "next_scheduled_start_time";
  if (before) conditions.push({ type: "at-most", member, value: canonicalTimestamp(before) });
  if (after) conditions.push({ type: "at-least", member, value: canonicalTimestamp(after) });
  const where = { type: "all", conditions } as const;
  const due: StoredFlowRun[] = [];
  for (let offset = 0; ; offset += limit) {
    const page = await store.flowRuns.list({ where, orderBy: [{ member, direction: "asc" }], limit, offset });
    due.push(...page.filter((run) => run.empirical_policy.retry_type !== "in_process"));
    if (due.length >= limit || page.length < limit) return due.slice(0, limit);
  }
}
