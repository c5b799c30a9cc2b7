/** One run of a flow as the engine keeps it while it lives. It decides nothing; the flow engine does. */
import type { TaskInput } from "@sluice/protocol";
import type { FileSystem } from "../filesystems/file-system.ts";
import { type FutureOwner, futureInternals, type TaskFuture } from "../futures/task-future.ts";
import type { Logger } from "../logging/logger.ts";
import { ENGINE_LOGGER_NAME } from "../logging/terminal-sink.ts";
import type { SerializerName } from "../serializers/resolve-serializer.ts";
import type { Serializer } from "../serializers/serializer.ts";
import type { TaskRunnerSession } from "../task-runners/task-runner.ts";
import type { EngineServices } from "./engine-services.ts";
import type { HeldSlot } from "./held-slot.ts";
import { type Interruptible, type Interruption, inherited, isOverruled } from "./interruption.ts";
import { sharedController } from "./on-abort.ts";
import { RunProgress } from "./run-progress.ts";
import { runInScope } from "./run-scope.ts";
import type { TaskRun } from "./task-run.ts";

/** What a flow says of results; its tasks inherit it. */
export interface FlowResultOptions {
  readonly persistResult?: boolean | undefined;
  readonly resultStorage?: FileSystem | string | undefined;
  readonly resultSerializer?: Serializer | SerializerName | undefined;
}

export interface FlowRunInit {
  readonly id: string;
  readonly name: string;
  readonly flowName: string;
  readonly flowVersion: string | undefined;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly services: EngineServices;
  readonly parent: FlowRun | undefined;
  /** The slot of the task that called the flow. */
  readonly slot?: HeldSlot | undefined;
  /** Whether it goes on when the runs around it are told to stop: clean-up. */
  readonly isShielded?: boolean | undefined;
  readonly results: FlowResultOptions;
  /** Whether `console` calls in the flow and its tasks become log lines. */
  readonly logsPrints: boolean;
  openTaskRunner(flowRun: FlowRun): Promise<TaskRunnerSession>;
  /** Before every dynamic key, where several processes count keys of one flow run. */
  readonly dynamicKeyPrefix?: string | undefined;
  readonly scheduledStartTime?: Date | undefined;
  readonly deploymentId?: string | undefined;
  /** The flow runs around this one, where these are in another process. */
  readonly remote?: { readonly parentId: string | undefined; readonly rootId: string } | undefined;
}

export class FlowRun implements FutureOwner, Interruptible {
  readonly id: string;
  name: string;
  readonly flowName: string;
  readonly flowVersion: string | undefined;
  parameters: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly services: EngineServices;
  readonly parent: FlowRun | undefined;
  readonly slot: HeldSlot | undefined;
  readonly isShielded: boolean;
  readonly results: FlowResultOptions;
  readonly logsPrints: boolean;
  readonly scheduledStartTime: Date | undefined;
  readonly deploymentId: string | undefined;
  /** Counts of task runs; the root's include those of its sub-flows. */
  readonly progress: RunProgress = new RunProgress();
  /** How many times the run entered RUNNING. */
  runCount = 0;
  #logger: Logger | undefined;
  readonly #init: FlowRunInit;
  #controller = sharedController();
  #onInterrupt: ((interruption: Interruption) => void) | undefined;
  #hasFutures = false;
  #closing: Interruption | undefined;
  readonly #activeTasks = new Set<TaskRun>();
  readonly #children = new Set<FlowRun>();
  readonly #dynamicKeys = new Map<string, number>();
  readonly #tasksByName = new Map<string, object>();
  #resultOrigins = new WeakMap<object, TaskInput>();
  /** Runs begun here that have not ended. */
  #openWork = 0;
  #idleWaiters: (() => void)[] = [];
  readonly #cleanups = new Set<() => Promise<void>>();
  readonly #unseenFailures = new Set<TaskFuture<unknown>>();
  #interruption: Interruption | undefined;
  #session: Promise<TaskRunnerSession> | undefined;
  #sessionNow: TaskRunnerSession | undefined;

  constructor(init: FlowRunInit) {
    this.#init = init;
    this.id = init.id;
    this.name = init.name;
    this.flowName = init.flowName;
    this.flowVersion = init.flowVersion;
    this.parameters = init.parameters;
    this.tags = init.tags;
    this.services = init.services;
    this.parent = init.parent;
    this.slot = init.slot;
    this.isShielded = init.isShielded ?? false;
    this.results = init.results;
    this.logsPrints = init.logsPrints;
    this.scheduledStartTime = init.scheduledStartTime;
    this.deploymentId = init.deploymentId;
    if (init.parent !== undefined) {
      init.parent.#children.add(this);
      if (init.parent.#interruption !== undefined) this.interrupt(inherited(init.parent.#interruption));
    }
  }

  /** The outermost flow run that this one is part of; itself when it is no sub-flow. */
  get root(): FlowRun {
    return this.parent?.root ?? this;
  }

  get parentId(): string | undefined {
    return this.parent?.id ?? this.#init.remote?.parentId;
  }

  get rootId(): string {
    return this.parent?.rootId ?? this.#init.remote?.rootId ?? this.id;
  }

  /** What `runLogger()` gives in this run. */
  get logger(): Logger {
    this.#logger ??= this.#loggerNamed("sluice.flow_runs");
    return this.#logger;
  }

  /** For the engine's lines about this run. */
  get engineLogger(): Logger {
    return this.#loggerNamed(ENGINE_LOGGER_NAME);
  }

  #loggerNamed(name: string): Logger {
    return this.services.logging.logger(name, { flowRunId: this.id, flowRunName: this.name });
  }

  /** How long user code may take to end after it was told to stop. */
  get graceMs(): number {
    return this.services.settings.flows.cancelGraceSeconds * 1000;
  }

  /** Aborts when the run is cancelled, times out or its process is told to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get interruption(): Interruption | undefined {
    return this.#interruption;
  }

  /** Tells the run, its tasks and its sub-flows to stop. The first interruption counts, but for a timeout. */
  interrupt(interruption: Interruption): void {
    if (!isOverruled(this.#interruption, interruption)) return;
    if (this.isShielded && interruption.kind !== "timeout") return;
    this.#interruption = interruption;
    for (const child of [...this.#children]) child.interrupt(inherited(interruption));
    for (const task of [...this.#activeTasks]) task.interrupt(inherited(interruption));
    runInScope({ flowRun: this, taskRun: undefined, tags: this.tags }, () =>
      this.#controller.abort(interruption.error),
    );
    this.#onInterrupt?.(interruption);
  }

  get onInterrupt(): ((interruption: Interruption) => void) | undefined {
    return this.#onInterrupt;
  }

  /** Calls back when the run is interrupted, at once if it is; one listener at a time. */
  set onInterrupt(listener: ((interruption: Interruption) => void) | undefined) {
    this.#onInterrupt = listener;
    if (listener !== undefined && this.#interruption !== undefined) listener(this.#interruption);
  }

  /** Whether any future was made in this run or those around it: until then no argument is searched for one. */
  get hasFutures(): boolean {
    return this.root.#hasFutures;
  }

  noteFuture(): void {
    this.root.#hasFutures = true;
  }

  /** Why tasks submitted by the flow's function are not begun any more: the function has failed. */
  get closing(): Interruption | undefined {
    return this.#closing;
  }

  /** Tells the tasks that have not begun, and those still to come, to stop. */
  closeToTasks(closing: Interruption): void {
    this.#closing = closing;
    for (const task of [...this.#activeTasks]) {
      // What a running task has begun is a part of that task, which may end.
      if (task.parent === undefined && task.state?.type === "PENDING") task.interrupt(closing);
    }
  }

  beginTask(run: TaskRun): void {
    this.#activeTasks.add(run);
    if (this.#interruption !== undefined) run.interrupt(inherited(this.#interruption));
  }

  endTask(run: TaskRun): void {
    this.#activeTasks.delete(run);
  }

  /** The run has ended: its parent forgets it. */
  end(): void {
    if (this.parent !== undefined) this.parent.#children.delete(this);
  }

  /** Forgets the timeout of an attempt, before the next one. */
  renewForRetry(): void {
    if (this.#interruption?.kind !== "timeout") return;
    this.#interruption = undefined;
    this.#controller = sharedController();
    const above = this.parent?.interruption;
    if (above !== undefined) this.interrupt(inherited(above));
  }

  /** Waits for `done` while other tasks may use the slot of the task that called the flow. */
  lendSlotWhile<T>(done: Promise<T>): Promise<T> {
    return this.slot?.lendWhile(done) ?? done;
  }

  /** Prepares another attempt: keys are counted anew, prefixed with the attempt's number. */
  beginAttempt(): void {
    this.runCount += 1;
    this.#closing = undefined;
    this.#dynamicKeys.clear();
    this.#resultOrigins = new WeakMap();
    this.#unseenFailures.clear();
  }

  /** Tells the runs of one task in this flow run apart: "0", "1", …; later attempts of the flow run say "2.0", … */
  nextDynamicKey(taskKey: string): string {
    const count = this.#dynamicKeys.get(taskKey) ?? 0;
    this.#dynamicKeys.set(taskKey, count + 1);
    const attempt = this.runCount > 1 ? `${this.runCount}.` : "";
    return `${this.#init.dynamicKeyPrefix ?? ""}${attempt}${count}`;
  }

  /** As `nextDynamicKey`, but the same in every attempt of the flow run: a sub-flow is found again by it. */
  nextStableKey(flowKey: string): string {
    const key = `subflow ${flowKey}`;
    const count = this.#dynamicKeys.get(key) ?? 0;
    this.#dynamicKeys.set(key, count + 1);
    return `${this.#init.dynamicKeyPrefix ?? ""}${count}`;
  }

  /** The definition that used this task name first in this run, after noting this one if it is the first. */
  claimTaskName<D extends object>(name: string, definition: D): object {
    const known = this.#tasksByName.get(name);
    if (known !== undefined) return known;
    this.#tasksByName.set(name, definition);
    return definition;
  }

  /** Remembers which run a value came from, so that passing it on draws an edge in the graph. */
  noteOrigin(value: unknown, origin: TaskInput): void {
    if (typeof value === "object" && value !== null) this.#resultOrigins.set(value, origin);
  }

  originOf(value: unknown): TaskInput | undefined {
    return typeof value === "object" && value !== null ? this.#resultOrigins.get(value) : undefined;
  }

  /** Where submitted tasks run; opened at the first submit. */
  session(): Promise<TaskRunnerSession> {
    this.#session ??= this.#init.openTaskRunner(this).then((session) => {
      this.#sessionNow = session;
      return session;
    });
    return this.#session;
  }

  /** The session if it is open. */
  get sessionNow(): TaskRunnerSession | undefined {
    return this.#sessionNow;
  }

  /** Closes the session if one was opened; the next submit opens another. */
  async closeSession(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#sessionNow = undefined;
    await (await session?.catch(() => undefined))?.close();
  }

  /** Has `cleanup` run at the latest when the flow's function has ended. */
  addCleanup(cleanup: () => Promise<void>): void {
    this.#cleanups.add(cleanup);
  }

  forgetCleanup(cleanup: () => Promise<void>): void {
    this.#cleanups.delete(cleanup);
  }

  /** Runs the clean-ups that are still open, last first; what they throw was recorded by their task runs. */
  async runCleanups(): Promise<void> {
    for (const cleanup of [...this.#cleanups].reverse()) {
      await cleanup().catch((error: unknown) =>
        this.engineLogger.error("The clean-up of a resource failed", { error }),
      );
    }
  }

  /** A run is begun here; `endWork` says when it has ended. */
  beginWork(): void {
    this.#openWork += 1;
  }

  endWork(): void {
    this.#openWork -= 1;
    if (this.#openWork > 0) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const waiter of waiters) waiter();
  }

  /** Resolves when no run begun here is open any more: submitted or called, task or sub-flow, awaited or not. */
  async whenIdle(): Promise<void> {
    while (this.#openWork > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** A submitted run ended without completing; somebody should look at its future. */
  noteFailure(future: TaskFuture<unknown>): void {
    if (!futureInternals().isObserved(future)) this.#unseenFailures.add(future);
  }

  observed(future: TaskFuture<unknown>): void {
    this.#unseenFailures.delete(future);
  }

  /** Futures that did not complete and that nobody awaited, asked or passed on. */
  unseenFailures(): readonly TaskFuture<unknown>[] {
    return [...this.#unseenFailures];
  }
}
