/** Calls the hooks of a task run. */
import { taskRunContext } from "../runtime/run-context.ts";
import { runInScope } from "../runtime/run-scope.ts";
import type { TaskExecution } from "./execute-task-run.ts";
import type { TaskHook } from "./task-options.ts";

/** Calls the hooks that belong to the state the run ended in. A run that was cancelled has none but those of all states. */
export async function runTaskEndHooks(execution: TaskExecution): Promise<void> {
  const { run, definition } = execution;
  const hooks = run.state?.isCompleted()
    ? definition.onCompletion
    : run.state?.isFailed() || run.state?.isCrashed()
      ? definition.onFailure
      : definition.onStateChange;
  if (hooks.length > 0) await runTaskHooks(hooks, execution);
}

/**
 * Calls each hook in turn with the run's present state; what a hook throws is logged and changes nothing. Tasks that a
 * hook of a final state calls are run although the flow run may have been stopped.
 */
export async function runTaskHooks(
  hooks: readonly TaskHook[],
  { run, definition, scope }: TaskExecution,
): Promise<void> {
  const { state } = run;
  if (state === undefined) return;
  const isShielded = run.isShielded || state.isFinal();
  const inner = { flowRun: run.flowRun, taskRun: run, tags: scope?.tags ?? [], isShielded };
  for (const hook of hooks) {
    try {
      await runInScope(inner, () => hook(definition, taskRunContext(run), state));
    } catch (error) {
      run.engineLogger.error("A hook of a task threw", {
        hook: hook.name || "anonymous",
        state: state.name,
        error,
      });
    }
  }
}
