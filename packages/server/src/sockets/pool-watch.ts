/** Shows a worker its pool whenever the pool has changed. */
import type { EventFeed } from "@sluice/orchestration";
import { type Event, isSluiceError, type WorkPool } from "@sluice/protocol";
import { CLOSE } from "./close-codes.ts";
import type { SocketSession } from "./socket-session.ts";
import { workerFrame } from "./worker-frames.ts";

/** Changes that come together are shown together. */
const GATHER_MS = 50;
const POOL_EVENTS = "prefect.work-pool.";

export interface PoolWatchOptions {
  readonly session: SocketSession;
  readonly feed: EventFeed;
  readonly pool: Pick<WorkPool, "id">;
  /** The pool as it is now. */
  readonly read: () => Promise<WorkPool>;
}

/** Numbers what it shows, so that a worker knows what is newest. */
export class PoolWatch {
  readonly #options: PoolWatchOptions;
  readonly #unsubscribe: () => void;
  #sequence = 0;
  #shown: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(options: PoolWatchOptions) {
    this.#options = options;
    this.#unsubscribe = options.feed.subscribe((events) => {
      if (events.some((event) => this.#isOfPool(event))) this.#timer ??= setTimeout(this.#ring, GATHER_MS);
    });
  }

  /** What a worker is shown when it comes. */
  async first(): Promise<object> {
    return this.#snapshot(await this.#options.read(), "initial");
  }

  /** Shows the pool if it is not as it was shown the last time, one look after another. */
  look(): Promise<void> {
    const looked = this.#looking.then(() => this.#look());
    this.#looking = looked.catch(() => undefined);
    return looked;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe();
  }

  readonly #ring = (): void => {
    this.#timer = undefined;
    this.look().catch((error: unknown) => {
      // A worker of a pool that is gone need not come again; for all other trouble it may.
      const isGone = isSluiceError(error, "OBJECT_NOT_FOUND");
      const [code, reason] = isGone
        ? [CLOSE.policyViolation, "authorization_failed"]
        : [CLOSE.internalError, "transient_server_error"];
      void this.#options.session.close(code, reason);
    });
  };

  async #look(): Promise<void> {
    const pool = await this.#options.read();
    if (this.#sequence === 0 || changeable(pool) === this.#shown) return;
    const payload = this.#snapshot(pool, "work_pool_updated");
    this.#options.session.send(workerFrame("work_pool.snapshot.v1", payload));
  }

  #snapshot(pool: WorkPool, reason: string): object {
    this.#shown = changeable(pool);
    this.#sequence += 1;
    return { snapshot_sequence: this.#sequence, reason, work_pool: pool };
  }

  #isOfPool({ event, resource }: Event): boolean {
    return (
      event.startsWith(POOL_EVENTS) &&
      resource["prefect.resource.id"] === `prefect.work-pool.${this.#options.pool.id}`
    );
  }
}

/** The members that matter to a worker: slots come and go with every run. */
function changeable({ active_slots: _slots, updated: _updated, ...members }: WorkPool): string {
  return JSON.stringify(members);
}
