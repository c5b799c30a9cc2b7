import { type Task, task } from "../../src/tasks/task.ts";

/** Makes a task whose definition site is this module, and which another one exports. */
export function makeDouble(name: string): Task<[number], number> {
  return task({ name }, async (n: number) => n * 2);
}
