/** The nine state types of a run. */

export const STATE_TYPES = [
  "SCHEDULED",
  "PENDING",
  "RUNNING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "CRASHED",
  "PAUSED",
  "CANCELLING",
] as const;

/** What a state means to orchestration; its `name` is the finer word shown to people. */
export type StateType = (typeof STATE_TYPES)[number];

/** The types after which a run does not go on by itself. */
export const TERMINAL_STATE_TYPES: readonly StateType[] = ["COMPLETED", "FAILED", "CANCELLED", "CRASHED"];

/** Whether a run in a state of this type has ended. */
export function isTerminalStateType(type: StateType): boolean {
  return type === "COMPLETED" || type === "FAILED" || type === "CANCELLED" || type === "CRASHED";
}
