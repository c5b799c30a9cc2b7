/** Calls the hooks of a task run. */
import { taskRunContext } from "../runtime/run-context.ts";
import { runInScope } from "../runtime/run-scope.ts";
import type { TaskExecution } from "./execute-task-run.ts";
import type { TaskHook } from "./task-options.ts";

/** Calls each hook in turn with the run's present state; what a hook throws is logged and changes nothing. */
export async function runTaskHooks(
  hooks: readonly TaskHook[],
  { run, definition, scope }: TaskExecution,
): Promise<void> {
  const { state } = run;
  if (state === undefined) return;
  const inner = { flowRun: run.flowRun, taskRun: run, tags: scope?.tags ?? [] };
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
