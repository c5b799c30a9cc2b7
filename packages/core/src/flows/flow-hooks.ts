/** Calls the hooks of a flow run. */
import { flowRunContext } from "../runtime/run-context.ts";
import { runInScope } from "../runtime/run-scope.ts";
import type { State } from "../states/state.ts";
import type { FlowHook } from "./flow-options.ts";
import type { OpenedRun } from "./open-flow-run.ts";

/**
 * Calls each hook in turn; what a hook throws is logged and changes nothing. Tasks and flows that a hook of a final state
 * calls are run although the flow run may have been stopped.
 */
export async function runFlowHooks(
  hooks: readonly FlowHook[],
  opened: OpenedRun,
  state: State,
): Promise<void> {
  const { flowRun, definition, tags } = opened;
  for (const hook of hooks) {
    try {
      await runInScope({ flowRun, taskRun: undefined, tags, isShielded: state.isFinal() }, () =>
        hook(definition, flowRunContext(flowRun), state),
      );
    } catch (error) {
      flowRun.engineLogger.error("A hook of a flow threw", {
        hook: hook.name || "anonymous",
        state: state.name,
        error,
      });
    }
  }
}

/** Calls the hooks that belong to a final state. */
export async function runEndHooks(opened: OpenedRun, state: State): Promise<void> {
  const { definition } = opened;
  if (state.isCompleted()) await runFlowHooks(definition.hooks("onCompletion"), opened, state);
  else if (state.isFailed()) await runFlowHooks(definition.hooks("onFailure"), opened, state);
  else if (state.isCancelled()) await runFlowHooks(definition.hooks("onCancellation"), opened, state);
  else if (state.isCrashed()) await runFlowHooks(definition.hooks("onCrashed"), opened, state);
}
