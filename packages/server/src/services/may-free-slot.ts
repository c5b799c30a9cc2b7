/** Which events mean that a slot of a deployment's limit may be free. */
import { type Event, isTerminalStateType, STATE_TYPES } from "@sluice/protocol";

const FLOW_RUN = "prefect.flow-run.";
const LIMIT_CHANGES: ReadonlySet<string> = new Set([
  "prefect.concurrency-limit.updated",
  "prefect.concurrency-limit.deleted",
  "prefect.deployment.updated",
]);

/** A run of a deployment that does not run any more, or a limit that changed. Runs by themselves hold no slots. */
export function mayFreeSlot({ event, resource, related }: Event): boolean {
  if (LIMIT_CHANGES.has(event)) return true;
  if (!event.startsWith(FLOW_RUN) || !leavesItsSlot(resource["prefect.state-type"])) return false;
  return related.some((labels) => labels["prefect.resource.role"] === "deployment");
}

function leavesItsSlot(stateType: string | undefined): boolean {
  const type = STATE_TYPES.find((known) => known === stateType);
  return type !== undefined && (isTerminalStateType(type) || type === "PAUSED");
}
