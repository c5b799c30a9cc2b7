/** Connects a flow run with what may stop it. */
import { cancelOnAbort } from "../runtime/on-abort.ts";
import type { OpenedRun } from "./open-flow-run.ts";
import { watchProcessSignals } from "./process-signals.ts";
import type { FlowCall } from "./run-flow.ts";

/**
 * Has the run interrupted by its caller's signals, by who cancels it in the history, with the task it was begun in, and by the process's signals.
 *
 * @returns undoes it; when the process was told to stop, it ends there.
 */
export function linkInterruptions(
  { flowRun, definition, scope }: OpenedRun,
  call: FlowCall,
): () => Promise<void> {
  const unlink: (() => void)[] = [];
  for (const signal of [definition.options.signal, call.signal]) {
    if (signal !== undefined) unlink.push(cancelOnAbort(signal, flowRun, "Flow run"));
  }
  unlink.push(flowRun.services.cancellations.add(flowRun.id, flowRun));
  const parentTask = scope?.taskRun;
  parentTask?.addChild(flowRun);
  const isRoot = flowRun.parent === undefined && parentTask === undefined;
  const stopWatching = isRoot && call.watchesSignals !== false ? watchProcessSignals(flowRun) : undefined;
  return async () => {
    for (const undo of unlink) undo();
    parentTask?.removeChild(flowRun);
    await stopWatching?.();
  };
}
