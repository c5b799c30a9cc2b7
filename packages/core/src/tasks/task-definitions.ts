/** Which definition is behind a task. */
import type { TaskDefinition } from "./task-definition.ts";

const definitions = new WeakMap<object, TaskDefinition>();

/** Notes the definition behind a task that was just made. */
export function setTaskDefinition(task: object, definition: TaskDefinition): void {
  definitions.set(task, definition);
}

/** The definition behind a task, or `undefined` for any other value. */
export function findTaskDefinition(value: unknown): TaskDefinition | undefined {
  return typeof value === "function" ? definitions.get(value) : undefined;
}
