/** A task run on its way to another process, and as it is carried on there. */
import type { EngineServices } from "../runtime/engine-services.ts";
import type { FlowRun } from "../runtime/flow-run.ts";
import { TaskRun } from "../runtime/task-run.ts";
import type { TaskDefinition } from "../tasks/task-definition.ts";
import type { CalledTaskRun } from "./task-call.ts";

/** A task run that has begun, as it is sent. */
export function sentTaskRun(run: TaskRun, ambientTags: readonly string[]): CalledTaskRun {
  if (run.state === undefined) throw new RangeError(`Task run ${run.id} has not begun.`);
  return {
    id: run.id,
    name: run.name,
    task: { name: run.task.name, key: run.task.key, version: run.task.version },
    dynamicKey: run.dynamicKey,
    tags: run.tags,
    ambientTags,
    inputs: run.inputs,
    depth: run.depth,
    logsPrints: run.logsPrints,
    isShielded: run.isShielded,
    state: run.state.toWire(),
  };
}

export interface TaskRunSurroundings {
  readonly definition: TaskDefinition;
  readonly flowRun: FlowRun | undefined;
  readonly services: EngineServices;
}

/** The same task run, to be carried on in this process. */
export function calledTaskRun(called: CalledTaskRun, surroundings: TaskRunSurroundings): TaskRun {
  const { definition, flowRun, services } = surroundings;
  const run = new TaskRun({
    id: called.id,
    task: called.task,
    empiricalPolicy: definition.empiricalPolicy(services.settings),
    name: called.name,
    dynamicKey: called.dynamicKey,
    services,
    flowRun,
    parent: undefined,
    tags: called.tags,
    inputs: called.inputs,
    depth: called.depth,
    logsPrints: called.logsPrints,
    isShielded: called.isShielded,
  });
  run.adoptState(called.state);
  return run;
}
