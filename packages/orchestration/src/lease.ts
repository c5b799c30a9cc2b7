/** When the process that executes a run stops to answer for it. */
import { isTerminalStateType, type WireState } from "@sluice/protocol";

/** Whether entering this state ends the lease of a run: its process has finished with it, or leaves it suspended. */
export function endsLease(state: WireState): boolean {
  return (
    isTerminalStateType(state.type) ||
    (state.type === "PAUSED" && state.state_details.pause_reschedule === true)
  );
}
