/** A flow run that this worker has claimed: its job, from the start to the end. */
import { type Logger, thisOwner } from "@sluice/core";
import {
  type Deployment,
  type FlowRun,
  isTerminalStateType,
  type OrchestrationApi,
  type StateCreate,
  type WorkPool,
} from "@sluice/protocol";
import type { Connection } from "./connection.ts";
import type { Infrastructure, JobEnd, RunningJob } from "./infrastructure.ts";
import { makeJob } from "./make-job.ts";
import { RunOutput } from "./run-output.ts";

export interface HeldRunOptions {
  readonly run: FlowRun;
  readonly deployment: Deployment;
  readonly pool: WorkPool;
  readonly claimId: string;
  readonly api: OrchestrationApi;
  readonly infrastructure: Infrastructure;
  readonly connection: Connection;
  readonly logger: Logger;
  /** Where what jobs write is shown. */
  readonly show: ((line: string) => void) | undefined;
}

/** How long a run may take to end when it is cancelled or its worker is stopped. */
const STOP_GRACE_MS = 30_000;
/** How long a run may take from its claim to its first heartbeat. */
const START_LEASE_SECONDS = 60;

export class HeldRun {
  readonly #options: HeldRunOptions;
  readonly #stopping = new AbortController();
  #output: RunOutput | undefined;
  #job: RunningJob | undefined;
  #isCancelled = false;

  constructor(options: HeldRunOptions) {
    this.#options = options;
  }

  /** Starts the job and sees to it that the run ends when the job does. Never rejects. */
  async carry(): Promise<void> {
    const { run, logger } = this.#options;
    const facts = { flowRun: run.name, flowRunId: run.id };
    try {
      const [job] = await Promise.all([this.#start(), this.#vouch()]);
      if (job === undefined) return;
      logger.info("Flow run started", { ...facts, infrastructure: job.identifier });
      const end = await job.ended;
      await this.#output?.end();
      await this.#settle(end);
      logger.info("Flow run's job ended", { ...facts, end: end.reason });
    } catch (error) {
      logger.error("The end of a flow run's job could not be recorded", { ...facts, error });
    }
  }

  /** Somebody cancels the run: its job is stopped. */
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    const { run, logger } = this.#options;
    logger.info("Flow run is cancelled", { flowRun: run.name, flowRunId: run.id });
    this.stop();
  }

  stop(): void {
    this.#stopping.abort();
    void this.#job?.stop({ graceMs: STOP_GRACE_MS });
  }

  /** Until the run's own process says that it lives, this one does: the run does not stay Pending for ever. */
  async #vouch(): Promise<void> {
    const { api, run, logger } = this.#options;
    try {
      const beat = { flow_run_ids: [run.id], owner: await thisOwner(), lease_seconds: START_LEASE_SECONDS };
      await api.flowRuns.heartbeat(beat);
    } catch (error) {
      logger.warn("The claim of a flow run could not be renewed", { flowRunId: run.id, error });
    }
  }

  async #start(): Promise<RunningJob | undefined> {
    const { api, run, deployment, pool, claimId, infrastructure, connection, logger, show } = this.#options;
    try {
      const { isShown, ...job } = makeJob({
        run,
        deployment,
        pool,
        claimId,
        connection: connection.env,
        defaultTemplate: infrastructure.baseJobTemplate,
      });
      const output = new RunOutput({
        api,
        flowRunId: run.id,
        // A program that is not ours may log by itself what it shows.
        isSent: job.command === undefined,
        show: isShown ? show : undefined,
        logger,
      });
      this.#output = output;
      const { signal } = this.#stopping;
      const running = await infrastructure.start({ ...job, onOutput: output.add }, { signal });
      this.#job = running;
      if (signal.aborted) this.stop();
      await api.flowRuns.update(run.id, { infrastructure_pid: running.identifier });
      return running;
    } catch (error) {
      await this.#endUnstarted(error);
      return undefined;
    }
  }

  async #endUnstarted(error: unknown): Promise<void> {
    const { run, logger } = this.#options;
    const words = error instanceof Error ? error.message : String(error);
    const message = `The flow run could not be started: ${words}`;
    logger.error("A flow run could not be started", { flowRun: run.name, flowRunId: run.id, error: words });
    // It may have been started, and what came after failed.
    await this.#job?.stop({ graceMs: STOP_GRACE_MS });
    const output = this.#output ?? new RunOutput({ ...this.#options, flowRunId: run.id, isSent: true });
    output.note(message);
    await output.end();
    await this.#propose({ type: "CRASHED", message });
  }

  /** A run whose process ended before it did is ended here, unless it is to go on later or belongs to others by now. */
  async #settle(end: JobEnd): Promise<void> {
    const { api, run, claimId } = this.#options;
    const now = await api.flowRuns.get(run.id);
    const { state_type: type, state, infrastructure_pid } = now;
    if (type === null || isTerminalStateType(type) || type === "SCHEDULED" || type === "PAUSED") return;
    const isClaimedAnew = type === "PENDING" && state?.id !== claimId && state?.name === "Pending";
    if (isClaimedAnew || infrastructure_pid !== this.#job?.identifier) return;
    if (type === "CANCELLING") {
      await this.#propose({ type: "CANCELLED", message: "Flow run was cancelled" }, true);
      return;
    }
    const tail = this.#output?.tail() ?? [];
    const wrote = tail.length === 0 ? "" : ` It wrote last:\n${tail.join("\n")}`;
    await this.#propose({
      type: "CRASHED",
      message: `The process of the flow run ended before the run did, with ${end.reason}.${wrote}`,
    });
  }

  async #propose(state: StateCreate, force = false): Promise<void> {
    const { api, run } = this.#options;
    const answer = await api.flowRuns.setState(run.id, { state, force });
    // Somebody cancels it at the same moment.
    if (answer.status !== "ACCEPT" && answer.state?.type === "CANCELLING") {
      const cancelled = { type: "CANCELLED", message: "Flow run was cancelled" } as const;
      await api.flowRuns.setState(run.id, { state: cancelled, force: true });
    }
  }
}
