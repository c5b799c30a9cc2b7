/** Heartbeats of Sluice's engines, which travel as events; those of Prefect's tell no owner and are only events. */
import { type Event, type FlowRunHeartbeat, isUuid, type RunOwner } from "@sluice/protocol";
import { objectIdOf } from "./stored-event.ts";

const NAME = "prefect.flow-run.heartbeat";

/** The heartbeat that an event carries, if it does. */
export function reportedHeartbeat(event: Event): FlowRunHeartbeat | undefined {
  if (event.event !== NAME) return undefined;
  const id = objectIdOf(event.resource, "flow-run");
  const { owner, lease_seconds: seconds } = event.payload;
  if (!isUuid(id) || !isOwner(owner)) return undefined;
  if (typeof seconds !== "number" || !(seconds > 0 && Number.isFinite(seconds))) return undefined;
  return { flow_run_ids: [id], owner, lease_seconds: seconds };
}

/** One heartbeat of each owner and lease, for all of its runs. */
export function mergeHeartbeats(beats: readonly FlowRunHeartbeat[]): FlowRunHeartbeat[] {
  const merged = new Map<string, FlowRunHeartbeat>();
  for (const { flow_run_ids: ids, ...rest } of beats) {
    const key = JSON.stringify(rest);
    const known = merged.get(key)?.flow_run_ids ?? [];
    merged.set(key, { ...rest, flow_run_ids: [...new Set([...known, ...ids])].sort() });
  }
  return [...merged.values()];
}

function isOwner(value: unknown): value is RunOwner {
  if (typeof value !== "object" || value === null) return false;
  const { host, pid, process_started_at: startedAt } = value as Partial<Record<keyof RunOwner, unknown>>;
  return typeof host === "string" && Number.isInteger(pid) && typeof startedAt === "number";
}
