/** The order in which the queues of a pool are served: whole numbers from 1, each of one queue. */

export interface Ranked {
  readonly id: string;
  readonly priority: number;
}

/** The lowest number that no queue has. */
export function lowestFreePriority(queues: readonly Ranked[]): number {
  const taken = new Set(queues.map(({ priority }) => priority));
  let priority = 1;
  while (taken.has(priority)) priority += 1;
  return priority;
}

/** The queues that have to move on so that `priority` is free, with their new priorities. */
export function makeRoom(others: readonly Ranked[], priority: number): Ranked[] {
  const moved: Ranked[] = [];
  let next = priority;
  for (const queue of others.toSorted((a, b) => a.priority - b.priority)) {
    if (queue.priority < priority) continue;
    if (queue.priority > next) break;
    next += 1;
    moved.push({ id: queue.id, priority: next });
  }
  return moved;
}
