/** Runs one service until it is stopped: a step at a time, at its interval, and earlier when an event wakes it. */
import type { LocalContext } from "@sluice/orchestration";
import type { ServerLog } from "../server-log.ts";
import type { Service, ServiceRun } from "./service.ts";

export interface ServiceLoopOptions {
  readonly context: LocalContext;
  readonly log: ServerLog;
  /** Told of every step. */
  readonly onRun?: ((run: ServiceRun) => void) | undefined;
  /** Whether its timers keep the process alive; default: yes. */
  readonly keepsAlive?: boolean | undefined;
}

/** Replicas that started together must not always ask together. */
const JITTER = 0.2;
/** What happens at once wakes a service once, and there is room for others between the steps of one with much to do. */
const WAKE_DELAY_MS = 50;
const MAX_BACKOFF_MS = 60_000;

export class ServiceLoop {
  readonly #service: Service;
  readonly #options: ServiceLoopOptions;
  readonly #unsubscribe: (() => void) | undefined;
  /** Settles when the first step has ended. */
  readonly started: Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #stepping: Promise<number> | undefined;
  #isWoken = false;
  #failures = 0;
  #isStopped = false;

  /** The first step begins at once. */
  constructor(service: Service, options: ServiceLoopOptions) {
    this.#service = service;
    this.#options = options;
    const { isWokenBy } = service;
    if (isWokenBy !== undefined) {
      this.#unsubscribe = options.context.feed?.subscribe((events) => {
        if (events.some(isWokenBy)) this.wake();
      });
    }
    this.started = this.#begin();
  }

  /** The next step begins now, or when the one under way has ended. */
  wake(): void {
    if (this.#stepping === undefined) this.#stepIn(WAKE_DELAY_MS);
    else this.#isWoken = true;
  }

  /** Settles when no step is under way and none will follow. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unsubscribe?.();
    clearTimeout(this.#timer);
    await this.#stepping;
  }

  /** Unless a step is due earlier. */
  #stepIn(delayMs: number): void {
    const dueAt = performance.now() + delayMs;
    if (this.#isStopped || dueAt >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => void this.#begin(), delayMs);
    if (this.#options.keepsAlive === false) this.#timer.unref();
  }

  /** Never rejects. */
  async #begin(): Promise<void> {
    this.#stepping = this.#step();
    const restMs = await this.#stepping;
    this.#stepping = undefined;
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#stepIn(restMs);
  }

  /** Gives how long to rest before the next. Never rejects. */
  async #step(): Promise<number> {
    const { name, step } = this.#service;
    const { context, log, onRun } = this.#options;
    this.#isWoken = false;
    const startedAt = performance.now();
    let hasMore = false;
    try {
      const report = await step(context);
      hasMore = report.hasMore === true;
      this.#failures = 0;
      for (const failure of report.failures ?? []) {
        log("error", "A background service could not do a part of its work", { service: name, ...failure });
      }
    } catch (error) {
      // Nobody wants the same line every few seconds for as long as a database is away.
      log(this.#failures === 0 ? "error" : "debug", "A background service failed; it tries again", {
        service: name,
        error,
      });
      this.#failures += 1;
    }
    onRun?.({
      service: name,
      isFailed: this.#failures > 0,
      seconds: (performance.now() - startedAt) / 1000,
    });
    return this.#restMs(hasMore);
  }

  #restMs(hasMore: boolean): number {
    const intervalMs = this.#service.intervalSeconds * 1000;
    if (this.#failures > 0) {
      const backoffMs = Math.min(1000 * 2 ** (this.#failures - 1), Math.max(MAX_BACKOFF_MS, intervalMs));
      return withJitter(Math.min(backoffMs, intervalMs * 2 ** this.#failures));
    }
    return hasMore || this.#isWoken ? WAKE_DELAY_MS : withJitter(intervalMs);
  }
}

function withJitter(delayMs: number): number {
  return delayMs * (1 - JITTER * Math.random());
}
