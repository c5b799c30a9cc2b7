/** Takes the runs of a work pool and carries each to its end. */
import { hostname } from "node:os";
import type { Logger, Settings } from "@sluice/core";
import type { FlowRun, OrchestrationApi, WorkPool } from "@sluice/protocol";
import { Bell } from "./bell.ts";
import { claimFlowRun } from "./claim.ts";
import { type Connection, connectionOf } from "./connection.ts";
import { type HeardEvent, watchEvents } from "./event-watch.ts";
import { HeldRun } from "./held-run.ts";
import type { Infrastructure } from "./infrastructure.ts";
import { openPool } from "./open-pool.ts";

export interface WorkerOptions {
  readonly api: OrchestrationApi;
  /** Where the server is, for sockets and for the processes of runs. */
  readonly settings: Settings;
  /** Name of the work pool. */
  readonly pool: string;
  readonly infrastructure: Infrastructure;
  readonly logger: Logger;
  /** Default: host and process id. */
  readonly name?: string | undefined;
  /** How many runs it has at once. Default: as many as come. */
  readonly limit?: number | undefined;
  /** Default: all queues of the pool. */
  readonly workQueues?: readonly string[] | undefined;
  /** How often it asks for runs when nothing is heard from the server. Default 10. */
  readonly pollSeconds?: number | undefined;
  /** Where what jobs write is shown. Default: nowhere. */
  readonly show?: ((line: string) => void) | undefined;
}

const HEARTBEAT_SECONDS = 30;
const POLL_SECONDS = 10;
/** What a server gives at once. */
const MAX_POLLED = 200;
const FLOW_RUN = "prefect.flow-run.";
const CANCELLING = `${FLOW_RUN}Cancelling`;
/** States that a run enters by being carried: nothing to take and no slot freed. */
const NO_NEWS = /^prefect\.flow-run\.(?:Pending|Submitting|InfrastructurePending|Running|heartbeat)$/;

export class Worker {
  readonly name: string;
  readonly #options: WorkerOptions;
  readonly #connection: Connection;
  readonly #held = new Map<string, { readonly run: HeldRun; readonly carried: Promise<void> }>();
  readonly #bell = new Bell();
  #pool: WorkPool | undefined;
  #lastContactMs = performance.now();
  #isInTrouble = false;

  /** @throws {InvalidRequestError} when the settings name no server. */
  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#connection = connectionOf(options.settings);
    this.name = options.name ?? `${hostname()}-${process.pid}`;
  }

  /** Seconds since the server last answered. */
  get silentSeconds(): number {
    return (performance.now() - this.#lastContactMs) / 1000;
  }

  /** How many runs it has now. */
  get size(): number {
    return this.#held.size;
  }

  /**
   * Takes runs until the signal aborts, then waits for those it has.
   * @throws {InvalidRequestError} when the pool is of another type.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { logger, infrastructure } = this.#options;
    const pool = await openPool(this.#options.pool, this.#options);
    this.#pool = pool;
    await this.#beat();
    logger.info("Worker started", { worker: this.name, pool: pool.name, type: pool.type });
    if (pool.is_paused)
      logger.warn("The work pool is paused: no runs come until it is resumed", { pool: pool.name });
    const beats = setInterval(() => void this.#beat(), HEARTBEAT_SECONDS * 1000);
    const ending = new AbortController();
    // Cancellations are heard until the last run has ended.
    const watching = this.#watch(ending.signal);
    try {
      while (!signal.aborted) await this.#bell.wait(await this.#takeDue(), signal);
      if (this.size > 0)
        logger.info("Worker takes no more runs and waits for those it has", { runs: this.size });
      while (this.size > 0) {
        await this.#bell.wait(this.#pollMs, ending.signal);
        await this.#attempt(() => this.#findCancelled());
      }
    } finally {
      clearInterval(beats);
      ending.abort();
      await watching;
      await infrastructure.close();
    }
    logger.info("Worker stopped", { worker: this.name });
  }

  /** Takes what is due now, and waits for its end. */
  async runOnce(): Promise<void> {
    const { infrastructure } = this.#options;
    this.#pool = await openPool(this.#options.pool, this.#options);
    try {
      await this.#beat();
      await this.#take();
      await Promise.all([...this.#held.values()].map(({ carried }) => carried));
    } finally {
      await infrastructure.close();
    }
  }

  /** Ends the runs that it has: they are told to stop, and end Crashed. */
  stopRuns(): void {
    for (const { run } of this.#held.values()) run.stop();
  }

  get #pollMs(): number {
    return (this.#options.pollSeconds ?? POLL_SECONDS) * 1000;
  }

  /** Gives how long to wait until the next look. */
  async #takeDue(): Promise<number> {
    let waitMs = this.#pollMs;
    await this.#attempt(async () => {
      await this.#findCancelled();
      waitMs = await this.#take();
    });
    return waitMs;
  }

  async #take(): Promise<number> {
    const { api, limit = MAX_POLLED, workQueues } = this.#options;
    const free = Math.min(limit - this.size, MAX_POLLED);
    if (free <= 0) return this.#pollMs;
    const now = Date.now();
    const found = await api.workPools.getScheduledFlowRuns(this.#options.pool, {
      work_queue_names: workQueues === undefined ? [] : [...workQueues],
      scheduled_before: new Date(now + this.#pollMs).toISOString(),
      limit: free,
    });
    this.#lastContactMs = performance.now();
    const runs = found.map((item) => item.flow_run).filter(({ id }) => !this.#held.has(id));
    const waitsMs = runs.map((run) => Date.parse(run.next_scheduled_start_time ?? run.created) - now);
    await Promise.all(runs.filter((_, index) => (waitsMs[index] ?? 0) <= 0).map((run) => this.#hold(run)));
    // What is due soon is taken when it is due.
    return Math.min(this.#pollMs, ...waitsMs.filter((ms) => ms > 0));
  }

  async #hold(run: FlowRun): Promise<void> {
    const { api, infrastructure, logger, show } = this.#options;
    const pool = this.#pool;
    const { deployment_id: deploymentId } = run;
    if (deploymentId === null || pool === undefined) return;
    try {
      // First what may fail: a run that is claimed has to be carried.
      const deployment = await api.deployments.get(deploymentId);
      const claimId = await claimFlowRun(run, api);
      if (claimId === undefined) return;
      const held = new HeldRun({
        api,
        infrastructure,
        logger,
        show,
        run,
        deployment,
        pool,
        claimId,
        connection: this.#connection,
      });
      const carried = held.carry().finally(() => {
        this.#held.delete(run.id);
        this.#bell.ring();
      });
      this.#held.set(run.id, { run: held, carried });
    } catch (error) {
      logger.error("A flow run could not be claimed", { flowRun: run.name, flowRunId: run.id, error });
    }
  }

  /** The safety net of the event that says so. */
  async #findCancelled(): Promise<void> {
    const ids = [...this.#held.keys()];
    for (let from = 0; from < ids.length; from += MAX_POLLED) {
      const cancelling = await this.#options.api.flowRuns.filter({
        flow_runs: {
          id: { any_: ids.slice(from, from + MAX_POLLED) },
          state: { type: { any_: ["CANCELLING", "CANCELLED"] } },
        },
        limit: MAX_POLLED,
      });
      for (const { id } of cancelling) this.#held.get(id)?.run.cancel();
    }
  }

  async #beat(): Promise<void> {
    const { api } = this.#options;
    await this.#attempt(async () => {
      const beat = { name: this.name, heartbeat_interval_seconds: HEARTBEAT_SECONDS };
      await api.workers.heartbeat(this.#options.pool, beat);
      this.#pool = await api.workPools.get(this.#options.pool);
      this.#lastContactMs = performance.now();
    });
  }

  /** Trouble with the server is told once, and passes. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    const { logger } = this.#options;
    try {
      await work();
      if (this.#isInTrouble) logger.info("The server answers again");
      this.#isInTrouble = false;
    } catch (error) {
      if (!this.#isInTrouble)
        logger.error("The server could not be asked for runs; the worker goes on trying", { error });
      this.#isInTrouble = true;
    }
  }

  #watch(signal: AbortSignal): Promise<void> {
    const { logger } = this.#options;
    return watchEvents({
      connection: this.#connection,
      prefixes: ["prefect.flow-run.", "prefect.work-pool.", "prefect.work-queue."],
      onEvent: (event) => this.#hear(event),
      onOpen: this.#bell.ring,
      onTrouble: (reason) =>
        logger.warn("Events of the server are not heard now; the worker asks for runs instead", {
          reason,
          everySeconds: this.#pollMs / 1000,
        }),
      signal,
    });
  }

  #hear({ event, resourceId, relatedIds }: HeardEvent): void {
    if (event === CANCELLING) this.#held.get(resourceId.replace(FLOW_RUN, ""))?.run.cancel();
    if (NO_NEWS.test(event)) return;
    const poolId = `prefect.work-pool.${this.#pool?.id}`;
    if (resourceId === poolId) void this.#beat();
    if (resourceId === poolId || relatedIds.includes(poolId)) this.#bell.ring();
  }
}
