/** Tasks in the flow's own process, many at a time on the event loop. */
import { SluiceError } from "@sluice/protocol";
import { HeldSlot } from "../runtime/held-slot.ts";
import type { State } from "../states/state.ts";
import { Slots } from "./slots.ts";
import type {
  TaskRunner,
  TaskRunnerCapabilities,
  TaskRunnerContext,
  TaskRunnerSession,
  TaskSubmission,
} from "./task-runner.ts";

export interface ConcurrentTaskRunnerOptions {
  /** Tasks at a time; default: the setting `tasks.concurrencyLimit` (100). `Infinity` is allowed. */
  readonly limit?: number | undefined;
}

/**
 * Runs submitted tasks in this process, up to `limit` at a time; the default task runner. Right for tasks that wait
 * (network, disk); for tasks that compute use `ThreadPoolTaskRunner`.
 */
export class ConcurrentTaskRunner implements TaskRunner {
  readonly name: string = "concurrent";
  readonly capabilities: TaskRunnerCapabilities = { isInProcess: true, resolvesDependencies: false };
  readonly limit: number | undefined;

  /** @throws {SluiceError} code `INVALID_OPTION` when the limit is not a whole number of at least 1. */
  constructor(options: ConcurrentTaskRunnerOptions = {}) {
    this.limit = options.limit === undefined ? undefined : checkedLimit(options.limit);
  }

  open(context: TaskRunnerContext): Promise<TaskRunnerSession> {
    return Promise.resolve(new ConcurrentSession(this.limit ?? context.concurrencyLimit));
  }
}

/** Runs submitted tasks one at a time, in the order they become ready. */
export class SequentialTaskRunner extends ConcurrentTaskRunner {
  override readonly name = "sequential";

  constructor() {
    super({ limit: 1 });
  }
}

class ConcurrentSession implements TaskRunnerSession {
  readonly #slots: Slots;

  constructor(limit: number) {
    this.#slots = new Slots(limit);
  }

  submit(submission: TaskSubmission): Promise<State> {
    return new Promise((resolve, reject) => {
      this.#slots.acquire(submission.depth, () => {
        const slot = new HeldSlot(this.#slots, submission.depth);
        submission.execute(slot).then(
          (state) => {
            slot.release();
            resolve(state);
          },
          (error) => {
            slot.release();
            reject(error);
          },
        );
      });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A limit that is a whole number of at least 1, or `Infinity`. */
export function checkedLimit(limit: number): number {
  if (limit === Number.POSITIVE_INFINITY || (Number.isInteger(limit) && limit >= 1)) return limit;
  throw new SluiceError(
    "INVALID_OPTION",
    `A task runner's limit must be a whole number of at least 1, or Infinity, not ${limit}.`,
    { details: { limit } },
  );
}
