/** Whether this thread or process carries out tasks for flows elsewhere. */

/** One mark for all copies of this package in the thread. */
const WORKER_MARK = Symbol.for("@sluice/core/task-worker");

/** From now on flows and tasks are called here only inside a task run. */
export function becomeTaskWorker(): void {
  Reflect.set(globalThis, WORKER_MARK, true);
}

export function isTaskWorker(): boolean {
  return Reflect.get(globalThis, WORKER_MARK) === true;
}
