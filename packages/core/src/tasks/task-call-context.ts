/** What the functions among a task's options are told of a call. */
import { flowRunContext, taskRunContext } from "../runtime/run-context.ts";
import type { TaskExecution } from "./execute-task-run.ts";
import type { TaskCallContext } from "./task-options.ts";

export function callContext({ run, definition, args }: TaskExecution): TaskCallContext<never> {
  return {
    task: definition,
    taskRun: taskRunContext(run),
    flowRun: run.flowRun && flowRunContext(run.flowRun),
    args: args as never,
    parameters: definition.parametersOf(args),
  };
}
