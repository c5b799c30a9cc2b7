/** What user code may know of the run it is in. */
import { SluiceError } from "@sluice/protocol";
import type { FlowRun } from "./flow-run.ts";
import { currentScope } from "./run-scope.ts";
import type { TaskRun } from "./task-run.ts";

/** Facts of the flow run that the code belongs to. */
export interface FlowRunContext {
  readonly id: string;
  readonly name: string;
  readonly flowName: string;
  readonly flowVersion: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  /** 1 in the first attempt. */
  readonly runCount: number;
  readonly parentFlowRunId: string | undefined;
  readonly rootFlowRunId: string;
  readonly deploymentId: string | undefined;
  readonly scheduledStartTime: Date | undefined;
}

/** Facts of the task run that the code belongs to. */
export interface TaskRunContext {
  readonly id: string;
  readonly name: string;
  readonly taskName: string;
  /** The arguments by parameter name. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  /** 1 in the first attempt. */
  readonly runCount: number;
}

export interface RunContext {
  readonly flowRun: FlowRunContext | undefined;
  readonly taskRun: TaskRunContext | undefined;
  /** Tags that runs begun here get. */
  readonly tags: readonly string[];
  /** Aborts when the innermost run is cancelled, times out, or its process is told to stop. Hand it to `fetch` and the like. */
  readonly signal: AbortSignal;
}

/**
 * The run that the calling code belongs to.
 *
 * @throws {MissingContextError} outside a flow run and a task run.
 */
export function runContext(): RunContext {
  const context = findRunContext();
  if (context === undefined) {
    throw new MissingContextError(
      "runContext() was called outside a flow run and a task run. Call it from a function that was made with flow() or task(), or use findRunContext().",
    );
  }
  return context;
}

/** The run that the calling code belongs to, or `undefined` outside one. */
export function findRunContext(): RunContext | undefined {
  const scope = currentScope();
  const { flowRun, taskRun } = scope ?? {};
  if (scope === undefined || (flowRun === undefined && taskRun === undefined)) return undefined;
  return {
    flowRun: flowRun && flowRunContext(flowRun),
    taskRun: taskRun && taskRunContext(taskRun),
    tags: scope.tags,
    get signal() {
      return (taskRun ?? (flowRun as FlowRun)).signal;
    },
  };
}

/** Facts of the current run as properties that are `undefined` outside one: `runtime.flowRun?.id`. */
export const runtime: {
  readonly flowRun: FlowRunContext | undefined;
  readonly taskRun: TaskRunContext | undefined;
} = {
  get flowRun() {
    return findRunContext()?.flowRun;
  },
  get taskRun() {
    return findRunContext()?.taskRun;
  },
};

/** A function that needs a run was called outside one. */
export class MissingContextError extends SluiceError {
  constructor(message: string) {
    super("MISSING_CONTEXT", message);
  }
}

export function flowRunContext(run: FlowRun): FlowRunContext {
  return {
    id: run.id,
    name: run.name,
    flowName: run.flowName,
    flowVersion: run.flowVersion,
    parameters: run.parameters,
    tags: run.tags,
    runCount: run.runCount,
    parentFlowRunId: run.parentId,
    rootFlowRunId: run.rootId,
    deploymentId: run.deploymentId,
    scheduledStartTime: run.scheduledStartTime,
  };
}

export function taskRunContext(run: TaskRun): TaskRunContext {
  return {
    id: run.id,
    name: run.name,
    taskName: run.task.name,
    get parameters() {
      return run.parameters();
    },
    tags: run.tags,
    runCount: run.runCount,
  };
}
