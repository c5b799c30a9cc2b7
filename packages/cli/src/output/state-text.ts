/** States as people see them. */
import type { TerminalColor } from "@sluice/core";
import type { StateType } from "@sluice/protocol";

/** The names of states that Sluice itself gives, with the type each has, in the order in which counts are shown. */
export const STATE_NAMES: Readonly<Record<string, StateType>> = {
  Completed: "COMPLETED",
  Cached: "COMPLETED",
  RolledBack: "COMPLETED",
  Running: "RUNNING",
  Retrying: "RUNNING",
  AwaitingRetry: "SCHEDULED",
  Pending: "PENDING",
  NotReady: "PENDING",
  Scheduled: "SCHEDULED",
  Late: "SCHEDULED",
  Paused: "PAUSED",
  Suspended: "PAUSED",
  Cancelling: "CANCELLING",
  Cancelled: "CANCELLED",
  Failed: "FAILED",
  TimedOut: "FAILED",
  Crashed: "CRASHED",
};

const COLORS: Readonly<Record<StateType, TerminalColor>> = {
  COMPLETED: "green",
  FAILED: "red",
  CRASHED: "red",
  CANCELLED: "yellow",
  CANCELLING: "yellow",
  RUNNING: "cyan",
  PENDING: "dim",
  SCHEDULED: "dim",
  PAUSED: "yellow",
};

/** The colour of a state of this type. */
export function stateColor(type: StateType): TerminalColor {
  return COLORS[type];
}

/** The spelling of a state's name that the user wrote in any case; names that Sluice does not give stay as they are. */
export function stateName(text: string): string {
  return Object.keys(STATE_NAMES).find((name) => name.toLowerCase() === text.toLowerCase()) ?? text;
}

/** `1,180 Completed, 20 Running`, in a constant order; nothing when there is nothing to count. */
export function countsText(counts: Readonly<Record<string, number>>): string {
  const order = Object.keys(STATE_NAMES);
  const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => place(a) - place(b))
    .map(([name, count]) => `${countText(count)} ${name}`)
    .join(", ");
}

/** `1,204` */
export function countText(count: number): string {
  return count.toLocaleString("en-US");
}
