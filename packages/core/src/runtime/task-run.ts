/** One run of a task as the engine keeps it while it lives: facts, state, cancellation, and its record for history. */
import { newId, type TaskInput, type TaskRunRecord, type WireState } from "@sluice/protocol";
import type { Logger } from "../logging/logger.ts";
import { ENGINE_LOGGER_NAME } from "../logging/terminal-sink.ts";
import { State } from "../states/state.ts";
import { isoFromUs, usFromIso } from "./clock.ts";
import type { EngineServices } from "./engine-services.ts";
import type { FlowRun } from "./flow-run.ts";
import type { HeldSlot } from "./held-slot.ts";
import { type Interruptible, type Interruption, inherited, isOverruled } from "./interruption.ts";
import { sharedController } from "./on-abort.ts";
import { runInScope } from "./run-scope.ts";

/** What a task run needs to know of its task. */
export interface TaskIdentity {
  readonly name: string;
  readonly key: string;
  readonly version: string | undefined;
}

export interface TaskRunInit {
  readonly id?: string | undefined;
  readonly task: TaskIdentity;
  readonly empiricalPolicy: TaskRunRecord["empirical_policy"];
  readonly name: string;
  readonly dynamicKey: string;
  readonly services: EngineServices;
  readonly flowRun: FlowRun | undefined;
  readonly parent: TaskRun | undefined;
  readonly tags: readonly string[];
  readonly inputs: Record<string, TaskInput[]>;
  readonly depth: number;
  /** Whether `console` calls of the task become log lines. */
  readonly logsPrints: boolean;
  /** Whether it goes on when it is told to stop: clean-up. */
  readonly isShielded: boolean;
}

export class TaskRun {
  readonly id: string;
  readonly task: TaskIdentity;
  readonly empiricalPolicy: TaskRunRecord["empirical_policy"];
  name: string;
  readonly dynamicKey: string;
  readonly services: EngineServices;
  readonly flowRun: FlowRun | undefined;
  readonly parent: TaskRun | undefined;
  readonly tags: readonly string[];
  readonly inputs: Record<string, TaskInput[]>;
  readonly depth: number;
  readonly logsPrints: boolean;
  readonly isShielded: boolean;
  state: State | undefined;
  /** How many times it entered RUNNING. */
  runCount = 0;
  /** The arguments by parameter name, once they are known. */
  parameters: () => Readonly<Record<string, unknown>> = noParameters;
  cacheKey: string | undefined;
  cacheExpiration: Date | undefined;
  /** The slot it runs in, when its task runner counts slots. */
  slot: HeldSlot | undefined;
  /** Told of every state, by whoever holds a future of the run. */
  onEnter: ((state: State) => void) | undefined;
  /** States not yet given to the recorder's batch. */
  unrecorded: State[] = [];
  /** Which attempt of the flow run it belongs to. */
  readonly #flowRunRunCount: number;
  #startUs: number | undefined;
  #endUs: number | undefined;
  #runningSinceUs = 0;
  #runningUs = 0;
  #expectedStartUs = 0;
  #logger: Logger | undefined;
  #controller: AbortController | undefined;
  #interruption: Interruption | undefined;
  #children: Set<Interruptible> | undefined;
  #onInterrupt: ((interruption: Interruption) => void) | undefined;
  /** Code that nobody waits for any more and that has not ended. */
  #abandoned: Set<PromiseLike<unknown>> | undefined;

  constructor(init: TaskRunInit) {
    this.id = init.id ?? newId();
    this.task = init.task;
    this.empiricalPolicy = init.empiricalPolicy;
    this.name = init.name;
    this.dynamicKey = init.dynamicKey;
    this.services = init.services;
    this.flowRun = init.flowRun;
    this.#flowRunRunCount = init.flowRun?.runCount ?? 0;
    this.parent = init.parent;
    this.tags = init.tags;
    this.inputs = init.inputs;
    this.depth = init.depth;
    this.logsPrints = init.logsPrints;
    this.isShielded = init.isShielded;
  }

  /** What `runLogger()` gives in this run. */
  get logger(): Logger {
    this.#logger ??= this.#loggerNamed("sluice.task_runs");
    return this.#logger;
  }

  /** For the engine's lines about this run. */
  get engineLogger(): Logger {
    return this.#loggerNamed(ENGINE_LOGGER_NAME);
  }

  #loggerNamed(name: string): Logger {
    return this.services.logging.logger(name, {
      flowRunId: this.flowRun?.id,
      flowRunName: this.flowRun?.name,
      taskRunId: this.id,
      taskRunName: this.name,
    });
  }

  /** How long user code may take to end after it was told to stop. */
  get graceMs(): number {
    return this.services.settings.flows.cancelGraceSeconds * 1000;
  }

  /** Aborts when the run is cancelled, times out or its process is told to stop. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = sharedController();
      if (this.#interruption !== undefined) this.#controller.abort(this.#interruption.error);
    }
    return this.#controller.signal;
  }

  get interruption(): Interruption | undefined {
    return this.#interruption;
  }

  /** Enters a state: keeps the run's facts, counts progress, and hands it to history. */
  enter(state: State): void {
    state.stamp(this.services.clock.nowUs());
    this.#note(state);
    this.services.recorder.recordTaskRun(this, state);
    this.onEnter?.(state);
  }

  /** Takes over what an engine in another process says of this run; the record is on its way to history already. */
  adopt(record: TaskRunRecord): void {
    this.name = record.name;
    this.cacheKey = record.cache_key ?? undefined;
    this.cacheExpiration = record.cache_expiration === null ? undefined : new Date(record.cache_expiration);
    for (const state of record.states) this.adoptState(state);
  }

  /** Takes over a state that was recorded in another process. One that is known already, or not news, changes nothing. */
  adoptState(wire: WireState): void {
    const { state: known } = this;
    if (known !== undefined && (known.isFinal() || usFromIso(wire.timestamp) <= known.timestampUs)) return;
    const state = State.fromWire(wire);
    this.#note(state);
    this.onEnter?.(state);
  }

  #note(state: State): void {
    const previous = this.state;
    if (previous !== undefined) state.moveAfter(previous.timestampUs);
    const us = state.timestampUs;
    if (previous?.type === "RUNNING") this.#runningUs += us - this.#runningSinceUs;
    if (state.type === "RUNNING") {
      this.runCount += 1;
      if (this.runCount > 1 && this.flowRun !== undefined) this.flowRun.root.progress.retries += 1;
      this.#runningSinceUs = us;
      this.#startUs ??= us;
    }
    if (state.isFinal()) {
      this.#endUs = us;
      this.#startUs ??= us;
    }
    if (previous === undefined) this.#expectedStartUs = us;
    this.flowRun?.root.progress.move(previous?.name, state.name);
    this.state = state;
  }

  /** Tells the run to stop: its signal aborts and what it waits for is woken. The first interruption counts, but for a timeout. */
  interrupt(interruption: Interruption): void {
    if (!isOverruled(this.#interruption, interruption)) return;
    if (this.isShielded && interruption.kind !== "timeout") return;
    this.#interruption = interruption;
    if (this.#children !== undefined)
      for (const child of [...this.#children]) child.interrupt(inherited(interruption));
    // Listeners run as code of this run: their logger and context are its own.
    const scope = { flowRun: this.flowRun, taskRun: this, tags: this.tags, isShielded: this.isShielded };
    runInScope(scope, () => this.#controller?.abort(interruption.error));
    this.#onInterrupt?.(interruption);
  }

  /** A run begun inside this one: it is told to stop when this one is. */
  addChild(child: Interruptible): void {
    this.#children ??= new Set();
    this.#children.add(child);
    if (this.#interruption !== undefined) child.interrupt(inherited(this.#interruption));
  }

  removeChild(child: Interruptible): void {
    this.#children?.delete(child);
  }

  /** Forgets the timeout of an attempt, before the next one. */
  renewForRetry(): void {
    if (this.#interruption?.kind !== "timeout") return;
    this.#interruption = undefined;
    this.#controller = undefined;
    this.#onInterrupt = undefined;
    const above = this.flowRun?.interruption ?? this.parent?.interruption;
    if (above !== undefined) this.interrupt(inherited(above));
  }

  /** Calls back when the run is interrupted; one listener at a time. */
  get onInterrupt(): ((interruption: Interruption) => void) | undefined {
    return this.#onInterrupt;
  }

  set onInterrupt(listener: ((interruption: Interruption) => void) | undefined) {
    this.#onInterrupt = listener;
    if (listener !== undefined && this.#interruption !== undefined) listener(this.#interruption);
  }

  /** Code of this run goes on although the wait for it has ended. */
  abandon(code: PromiseLike<unknown>): void {
    this.#abandoned ??= new Set();
    const abandoned = this.#abandoned;
    const ended = (): void => {
      abandoned.delete(code);
    };
    abandoned.add(code);
    code.then(ended, ended);
  }

  /** Resolves when no abandoned code runs any more; `undefined` when none does. */
  whenCodeEnded(): Promise<unknown> | undefined {
    return this.#abandoned === undefined || this.#abandoned.size === 0
      ? undefined
      : Promise.allSettled(this.#abandoned);
  }

  /** Waits for `done` while other tasks may use this run's slot. */
  lendSlotWhile<T>(done: Promise<T>): Promise<T> {
    return this.slot?.lendWhile(done) ?? done;
  }

  /** The run as it is now with the states entered since the last record. */
  takeRecord(): TaskRunRecord {
    const states = this.unrecorded.map((state) => state.toWire());
    this.unrecorded = [];
    return {
      id: this.id,
      flow_run_id: this.flowRun?.id ?? null,
      name: this.name,
      task_key: this.task.key,
      dynamic_key: this.dynamicKey,
      task_version: this.task.version ?? null,
      cache_key: this.cacheKey ?? null,
      cache_expiration: this.cacheExpiration?.toISOString() ?? null,
      empirical_policy: this.empiricalPolicy,
      tags: [...this.tags],
      task_inputs: this.inputs,
      run_count: this.runCount,
      flow_run_run_count: this.#flowRunRunCount,
      expected_start_time: isoFromUs(this.#expectedStartUs),
      start_time: this.#startUs === undefined ? null : isoFromUs(this.#startUs),
      end_time: this.#endUs === undefined ? null : isoFromUs(this.#endUs),
      total_run_time: this.#runningUs / 1_000_000,
      states,
    };
  }
}

function noParameters(): Readonly<Record<string, unknown>> {
  return {};
}
