/** A counted limit with an order of preference: who is deeper in a chain of tasks goes first. */

/**
 * How many promise reactions a released slot waits before it is given on: three lead from the end of a task to the queueing
 * of those that waited for it.
 */
const REACTIONS_BEFORE_SERVING = 8;

/**
 * Slots for tasks in this process. Waiters are served deepest first, then in order of arrival, so that element i of a
 * second stage starts before later elements of the first (depth-first dataflow), and memory holds few intermediate
 * results whatever the number of elements.
 */
export class Slots {
  readonly limit: number;
  #used = 0;
  /** Waiters by depth; a queue is an array with a moving head, so that taking is constant time. */
  readonly #queues: WaiterQueue[] = [];
  #waiting = 0;
  /** No queue deeper than this one has a waiter. */
  #deepest = -1;

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Takes a slot if one is free and nobody waits. */
  tryAcquire(): boolean {
    if (this.#used >= this.limit || this.#waiting > 0) return false;
    this.#used += 1;
    return true;
  }

  /** Calls `start` once a slot is taken for it; `start` must see to it that `release` is called. */
  acquire(depth: number, start: () => void): void {
    if (this.tryAcquire()) {
      start();
      return;
    }
    let queue = this.#queues[depth];
    if (queue === undefined) {
      for (let index = this.#queues.length; index <= depth; index += 1) this.#queues.push(new WaiterQueue());
      queue = this.#queues[depth] as WaiterQueue;
    }
    queue.push(start);
    this.#waiting += 1;
    this.#deepest = Math.max(this.#deepest, depth);
  }

  /**
   * Gives a slot back. A waiter gets it a little later: by then those who waited for the very task that ended have come to
   * the queue, where they may be the deepest.
   */
  release(): void {
    this.#used -= 1;
    if (this.#waiting > 0) this.#serveAfter(REACTIONS_BEFORE_SERVING);
  }

  #serveAfter(reactions: number): void {
    if (reactions > 0) queueMicrotask(() => this.#serveAfter(reactions - 1));
    else this.#serveOne();
  }

  #serveOne(): void {
    if (this.#waiting === 0 || this.#used >= this.limit) return;
    const next = this.#takeDeepest();
    this.#used += 1;
    next();
  }

  #takeDeepest(): () => void {
    for (; this.#deepest >= 0; this.#deepest -= 1) {
      const start = this.#queues[this.#deepest]?.shift();
      if (start !== undefined) {
        this.#waiting -= 1;
        return start;
      }
    }
    throw new RangeError("Slots counted a waiter that is in no queue.");
  }
}

class WaiterQueue {
  #items: ((() => void) | undefined)[] = [];
  #head = 0;

  push(item: () => void): void {
    this.#items.push(item);
  }

  shift(): (() => void) | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
