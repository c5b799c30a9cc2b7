/** Says why the queue a run is in does not give it to a worker. */
import type { ExplanationReason } from "@sluice/protocol";
import { secondsBetween } from "../timestamp.ts";
import { isWorkerGone } from "../work-pools/is-worker-gone.ts";
import { POLL_TIMEOUT_SECONDS } from "../work-pools/poll-timeout.ts";
import { durationText, reason, slotReason } from "./reason.ts";
import type { PlaceFacts } from "./run-facts.ts";

/** In the order in which a worker's question is answered. */
export function explainPlace(place: PlaceFacts, now: string): readonly ExplanationReason[] {
  const { pool, queue } = place;
  return [
    ...pausedReasons(place),
    ...workerReasons(place, now),
    ...slotReason(place.poolSlots, {
      code: "POOL_FULL",
      what: `the work pool ${pool.name}`,
      remedy: `Wait for one of them to end, or raise it: sluice work-pool update ${pool.name} --concurrency-limit …`,
    }),
    ...slotReason(place.queueSlots, {
      code: "QUEUE_FULL",
      what: `the work queue ${pool.name}/${queue.name}`,
      remedy: `Wait for one of them to end, or raise it: sluice work-queue update ${queue.name} --pool ${pool.name} --concurrency-limit …`,
    }),
  ];
}

function pausedReasons({ pool, queue }: PlaceFacts): readonly ExplanationReason[] {
  const reasons: ExplanationReason[] = [];
  if (pool.is_paused) {
    reasons.push(
      reason({
        code: "POOL_PAUSED",
        message: `The work pool ${pool.name} is paused.`,
        remedy: `sluice work-pool resume ${pool.name}`,
      }),
    );
  }
  if (queue.is_paused) {
    reasons.push(
      reason({
        code: "QUEUE_PAUSED",
        message: `The work queue ${pool.name}/${queue.name} is paused.`,
        remedy: `sluice work-queue resume ${queue.name} --pool ${pool.name}`,
      }),
    );
  }
  return reasons;
}

function workerReasons({ pool, queue, workers }: PlaceFacts, now: string): readonly ExplanationReason[] {
  const isAsked =
    queue.last_polled !== null && secondsBetween(queue.last_polled, now) <= POLL_TIMEOUT_SECONDS;
  const online = workers.filter((worker) => worker.status === "ONLINE" && !isWorkerGone(worker, now));
  // Agents and programs of one's own ask without heartbeats.
  if (isAsked) return [];
  const remedy = `sluice worker start --pool ${pool.name}`;
  if (online.length === 0) {
    const [last] = workers;
    const known =
      last === undefined
        ? "none has ever served it"
        : `the last, ${last.name}, was heard of ${durationText(secondsBetween(last.last_heartbeat_time, now))} ago`;
    const message = `No worker serves the work pool ${pool.name}: ${known}.`;
    return [reason({ code: "NO_WORKER", message, remedy })];
  }
  // A paused pool is not asked for runs.
  if (pool.is_paused || queue.is_paused) return [];
  const names = online.map(({ name }) => name).join(", ");
  const message = `The workers of ${pool.name} (${names}) do not ask for runs of the queue ${queue.name}.`;
  return [reason({ code: "QUEUE_NOT_ASKED", message, remedy: `Start one that does: ${remedy}` })];
}
