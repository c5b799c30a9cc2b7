/** Whether this thread or process carries out tasks for flows elsewhere. */

let isWorker = false;

/** From now on flows and tasks are called here only inside a task run. */
export function becomeTaskWorker(): void {
  isWorker = true;
}

export function isTaskWorker(): boolean {
  return isWorker;
}
