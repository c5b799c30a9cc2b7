/** Every option of a task. */
import type { CachePolicy } from "../caching/cache-policy.ts";
import type { FileSystem } from "../filesystems/file-system.ts";
import type { TaskFuture } from "../futures/task-future.ts";
import type { TaskFutureList } from "../futures/task-future-list.ts";
import type { FlowRunContext, TaskRunContext } from "../runtime/run-context.ts";
import type { SerializerName } from "../serializers/resolve-serializer.ts";
import type { Serializer } from "../serializers/serializer.ts";
import type { State } from "../states/state.ts";
import type { Transaction } from "../transactions/transaction.ts";
import { type Duration, isDuration } from "./duration.ts";
import { InvalidOptionError } from "./invalid-option-error.ts";
import {
  booleanCheck,
  checkOptions,
  countCheck,
  delaysCheck,
  functionCheck,
  hasMethods,
  hooksCheck,
  nameCheck,
  nameTemplateCheck,
  type OptionChecks,
  positiveCountCheck,
  positiveSecondsCheck,
  secondsCheck,
  serializerCheck,
  signalCheck,
  storageCheck,
  tagsCheck,
  textCheck,
} from "./option-checks.ts";
import type { RetryDelay } from "./retry-delay.ts";
import type { RunName } from "./run-name.ts";

/** What a task's hooks and functions are told of the task. */
export interface TaskInfo {
  readonly name: string;
  readonly key: string;
}

/** Called as a task run changes state; an error in it is logged and changes nothing. */
export type TaskHook = (task: TaskInfo, taskRun: TaskRunContext, state: State) => unknown;

/** Called when the transaction that a task's result belongs to commits or rolls back. */
export type TaskTransactionHook = (transaction: Transaction) => unknown;

export interface TaskCallContext<Args extends readonly unknown[]> {
  readonly task: TaskInfo;
  readonly taskRun: TaskRunContext;
  readonly flowRun: FlowRunContext | undefined;
  readonly args: Args;
  /** The arguments by parameter name. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface RetryConditionContext {
  readonly task: TaskInfo;
  readonly taskRun: TaskRunContext;
  /** The state the attempt would end in. */
  readonly state: State;
  /** What the attempt threw. */
  readonly error: unknown;
}

export type SerializerOption = Serializer | SerializerName;

export interface TaskOptions<Args extends readonly unknown[] = readonly unknown[]> {
  /** Default: the function's name with `_` as `-`. Two different tasks of one flow must have different names. */
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** For people and caches: shown in history. */
  readonly version?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Name of each run: a template over the parameters (`clean-{hour}`) or a function. Default: the task's name and a number. */
  readonly taskRunName?: RunName<TaskCallContext<Args>> | undefined;
  /** Attempts after the first; default: setting `tasks.defaultRetries` (0). */
  readonly retries?: number | undefined;
  /** Default: setting `tasks.defaultRetryDelaySeconds` (0). */
  readonly retryDelaySeconds?: RetryDelay | undefined;
  /** Draws each delay from [delay, delay × (1 + factor)]. */
  readonly retryJitterFactor?: number | undefined;
  /** Whether a failed attempt is retried at all; an error in it means no. Default: yes. */
  readonly retryCondition?: ((context: RetryConditionContext) => boolean | Promise<boolean>) | undefined;
  /** Longest time of one attempt; fractions allowed. Then `runContext().signal` aborts and the state is TimedOut. */
  readonly timeoutSeconds?: number | undefined;
  /** What makes two calls the same; default `DEFAULT` (inputs, source and flow run), used when results are persisted. */
  readonly cachePolicy?: CachePolicy | undefined;
  /** Computes the cache key instead of a policy; `undefined`: this call is not cached. */
  readonly cacheKey?: ((context: TaskCallContext<Args>) => string | undefined) | undefined;
  /** How long a cached result is valid; default: for ever. */
  readonly cacheExpiration?: Duration | undefined;
  /** Run although a result is cached, and cache the new one. Default: setting `tasks.refreshCache` (false). */
  readonly refreshCache?: boolean | undefined;
  /** Whether the result is written to storage. Default: yes if any cache or result option is given, else the flow's word, else the setting. */
  readonly persistResult?: boolean | undefined;
  /** A file system, or the reference of a block that is one. Default: the flow's, else that of the settings. */
  readonly resultStorage?: FileSystem | string | undefined;
  /** Default: the flow's, else setting `results.defaultSerializer` (json). */
  readonly resultSerializer?: SerializerOption | undefined;
  /**
   * Where in the storage: a template over the parameters or a function. A result found there is taken, as with a cache key.
   * Default: the cache key, else a new id.
   */
  readonly resultStorageKey?: RunName<TaskCallContext<Args>> | undefined;
  /** Whether a persisted value is also kept in memory (default true). */
  readonly cacheResultInMemory?: boolean | undefined;
  readonly onRunning?: TaskHook | readonly TaskHook[] | undefined;
  readonly onCompletion?: TaskHook | readonly TaskHook[] | undefined;
  /** For runs that failed or crashed, after their last attempt; not for cancelled ones. */
  readonly onFailure?: TaskHook | readonly TaskHook[] | undefined;
  /** When a run is RUNNING, and when it has ended, however that was. Called after the hook of that state. */
  readonly onStateChange?: TaskHook | readonly TaskHook[] | undefined;
  readonly onCommit?: TaskTransactionHook | readonly TaskTransactionHook[] | undefined;
  readonly onRollback?: TaskTransactionHook | readonly TaskTransactionHook[] | undefined;
  /** Whether `console.log` inside the task goes to the run's log. Default: as the flow. */
  readonly logPrints?: boolean | undefined;
  /** Whether a run's final state is on disk before its caller goes on. Default false: history follows in batches. */
  readonly durable?: boolean | undefined;
  /** How many elements of a `map` are begun and not ended at a time. Default 1000. */
  readonly mapWindow?: number | undefined;
  /** Futures to wait for before a run begins, beside those among its arguments. */
  readonly waitFor?: readonly (TaskFuture<unknown> | TaskFutureList<unknown>)[] | undefined;
  /** Cancels the runs of this task when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

const TASK_OPTION_CHECKS: OptionChecks = {
  name: nameCheck,
  description: textCheck,
  version: textCheck,
  tags: tagsCheck,
  taskRunName: nameTemplateCheck,
  retries: countCheck,
  retryDelaySeconds: delaysCheck,
  retryJitterFactor: secondsCheckNamed("a number ≥ 0"),
  retryCondition: functionCheck,
  timeoutSeconds: positiveSecondsCheck,
  cachePolicy: {
    mustBe: "a cache policy such as INPUTS, or policies joined with .plus()",
    accepts: (value) => hasMethods(value, "computeKey"),
  },
  cacheKey: functionCheck,
  cacheExpiration: {
    mustBe: "a duration such as { hours: 1, minutes: 30 }, of days, hours, minutes and seconds ≥ 0",
    accepts: isDuration,
  },
  refreshCache: booleanCheck,
  persistResult: booleanCheck,
  resultStorage: storageCheck,
  resultSerializer: serializerCheck,
  resultStorageKey: nameTemplateCheck,
  cacheResultInMemory: booleanCheck,
  onRunning: hooksCheck,
  onCompletion: hooksCheck,
  onFailure: hooksCheck,
  onStateChange: hooksCheck,
  onCommit: hooksCheck,
  onRollback: hooksCheck,
  logPrints: booleanCheck,
  durable: booleanCheck,
  mapWindow: positiveCountCheck,
  waitFor: { mustBe: "a list of futures", accepts: (value) => Array.isArray(value) },
  signal: signalCheck,
};

/**
 * Checks the options of a task, each and together.
 *
 * @throws {InvalidOptionError} naming the task, the option or options, and what is allowed.
 */
export function checkTaskOptions(name: string, options: TaskOptions<never>): void {
  checkOptions(`Task "${name}"`, options, TASK_OPTION_CHECKS);
  const { resultStorageKey, cacheKey, cachePolicy } = options;
  if (resultStorageKey === undefined) return;
  const other = cacheKey === undefined ? "cachePolicy" : "cacheKey";
  if (cacheKey === undefined && (cachePolicy === undefined || cachePolicy.isEmpty)) return;
  throw new InvalidOptionError(
    `Task "${name}": options resultStorageKey and ${other} both say where an earlier result is found. Give one of them, or cachePolicy: NO_CACHE.`,
  );
}

function secondsCheckNamed(mustBe: string): typeof secondsCheck {
  return { ...secondsCheck, mustBe };
}
