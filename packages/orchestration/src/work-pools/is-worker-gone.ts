/** When a worker is taken to be gone. */
import type { Worker } from "@sluice/protocol";
import { addSeconds, compareTimestamps } from "../timestamp.ts";

const MISSED_HEARTBEATS = 3;
/** Of workers that do not say theirs. */
const HEARTBEAT_INTERVAL_SECONDS = 30;

/** Whether so many heartbeats in a row have not come. */
export function isWorkerGone(worker: Worker, now: string): boolean {
  const seconds = (worker.heartbeat_interval_seconds ?? HEARTBEAT_INTERVAL_SECONDS) * MISSED_HEARTBEATS;
  return compareTimestamps(addSeconds(worker.last_heartbeat_time, seconds), now) < 0;
}
