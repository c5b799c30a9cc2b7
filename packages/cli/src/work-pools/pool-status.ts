/** The status of work pools and queues as people see it. */
import type { TerminalColor } from "@sluice/core";
import type { WorkPool } from "@sluice/protocol";

/** `ready`, `not ready` or `paused`. */
export function statusText(status: WorkPool["status"]): string {
  return (status ?? "NOT_READY").toLowerCase().replace("_", " ");
}

/** Its colour. */
export function poolStatusColor(status: WorkPool["status"]): TerminalColor {
  if (status === "PAUSED") return "yellow";
  return status === "READY" ? "green" : "dim";
}
