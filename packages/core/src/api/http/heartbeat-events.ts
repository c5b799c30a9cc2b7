/** Heartbeats of flow runs on their way to a server. */
import { type EventCreate, type FlowRunHeartbeat, InvalidRequestError, newId } from "@sluice/protocol";

/** Prefect keeps every heartbeat, and looks for missing ones after minutes: more often is of no use there. */
const PREFECT_INTERVAL_MS = 30_000;

/**
 * One event per run, with the owner and the lease for servers that keep them.
 *
 * @throws {InvalidRequestError} when the lease has no length: a server would take the event for a heartbeat without one.
 */
export function heartbeatEvents(beat: FlowRunHeartbeat): EventCreate[] {
  if (!(beat.lease_seconds > 0 && Number.isFinite(beat.lease_seconds))) {
    throw new InvalidRequestError(
      `A lease of ${beat.lease_seconds} seconds is not possible. Use a number above 0.`,
    );
  }
  const { flow_run_ids: ids, ...payload } = beat;
  const occurred = new Date().toISOString();
  return ids.map((id) => ({
    id: newId(),
    occurred,
    event: "prefect.flow-run.heartbeat",
    resource: { "prefect.resource.id": `prefect.flow-run.${id}` },
    payload,
  }));
}

/** Which runs are due for a heartbeat on a Prefect server. */
export class HeartbeatPace {
  readonly #lastMs = new Map<string, number>();

  due(beat: FlowRunHeartbeat): FlowRunHeartbeat {
    const now = performance.now();
    for (const [id, lastMs] of this.#lastMs) if (now - lastMs >= PREFECT_INTERVAL_MS) this.#lastMs.delete(id);
    const ids = beat.flow_run_ids.filter((id) => !this.#lastMs.has(id));
    for (const id of ids) this.#lastMs.set(id, now);
    return { ...beat, flow_run_ids: ids };
  }
}
