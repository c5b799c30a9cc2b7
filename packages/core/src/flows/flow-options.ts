/** Every option of a flow. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { FileSystem } from "../filesystems/file-system.ts";
import type { TaskFuture } from "../futures/task-future.ts";
import type { TaskFutureList } from "../futures/task-future-list.ts";
import type { FlowRunContext } from "../runtime/run-context.ts";
import type { State } from "../states/state.ts";
import type { TaskRunner } from "../task-runners/task-runner.ts";
import {
  booleanCheck,
  countCheck,
  delaysCheck,
  hasMethods,
  hooksCheck,
  nameCheck,
  nameTemplateCheck,
  type OptionChecks,
  positiveSecondsCheck,
  serializerCheck,
  signalCheck,
  storageCheck,
  tagsCheck,
  textCheck,
} from "../tasks/option-checks.ts";
import type { RunName } from "../tasks/run-name.ts";
import type { SerializerOption } from "../tasks/task-options.ts";

/** What a flow's hooks are told of the flow. */
export interface FlowInfo {
  readonly name: string;
  readonly version: string | undefined;
}

/** Called as a flow run changes state; an error in it is logged and changes nothing. */
export type FlowHook = (flow: FlowInfo, flowRun: FlowRunContext, state: State) => unknown;

export interface FlowNameContext {
  readonly flow: FlowInfo;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface FlowOptions<Schema extends StandardSchemaV1 | undefined = StandardSchemaV1 | undefined> {
  /** Default: the function's name with `_` as `-`. */
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** Default: eight digits of a hash of the file that defines the flow. */
  readonly version?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Name of each run: a template over the parameters (`report-{day}`) or a function. Default: an adjective and an animal. */
  readonly flowRunName?: RunName<FlowNameContext> | undefined;
  /** Attempts after the first; default: setting `flows.defaultRetries` (0). */
  readonly retries?: number | undefined;
  /** Seconds before each retry. Default 0. */
  readonly retryDelaySeconds?: number | undefined;
  /** Longest time of one attempt; fractions allowed. Then `runContext().signal` aborts and the state is TimedOut. */
  readonly timeoutSeconds?: number | undefined;
  /** zod object or any Standard Schema that describes the one argument: it validates, coerces and gives defaults. */
  readonly parameters?: Schema | undefined;
  /** Whether arguments pass through `parameters` (default true). */
  readonly validateParameters?: boolean | undefined;
  /** Where submitted tasks run. Default: `new ConcurrentTaskRunner()`. */
  readonly taskRunner?: TaskRunner | undefined;
  /** Whether the results of the flow, and of its tasks unless they say, are written to storage. Default: the setting. */
  readonly persistResult?: boolean | undefined;
  /**
   * Where results are kept: a file system, which may be a block, or the reference of such a block (`s3-bucket/results`),
   * which is loaded when the first result is kept. Default: the block of setting `results.defaultStorageBlock`, else the
   * local directory of `results.localStoragePath`.
   */
  readonly resultStorage?: FileSystem | string | undefined;
  /** Default: setting `results.defaultSerializer` (json). */
  readonly resultSerializer?: SerializerOption | undefined;
  /** Whether a persisted value is also kept in memory (default true). */
  readonly cacheResultInMemory?: boolean | undefined;
  readonly onRunning?: FlowHook | readonly FlowHook[] | undefined;
  readonly onCompletion?: FlowHook | readonly FlowHook[] | undefined;
  readonly onFailure?: FlowHook | readonly FlowHook[] | undefined;
  readonly onCancellation?: FlowHook | readonly FlowHook[] | undefined;
  readonly onCrashed?: FlowHook | readonly FlowHook[] | undefined;
  /** For every state that has a hook of its own: when a run is RUNNING, and when it has ended. Called after that hook. */
  readonly onStateChange?: FlowHook | readonly FlowHook[] | undefined;
  /** Whether `console.log` inside the flow and its tasks goes to the run's log. Default: as the enclosing flow; false. */
  readonly logPrints?: boolean | undefined;
  /** Futures to wait for before a run begins, beside those among its parameters. */
  readonly waitFor?: readonly (TaskFuture<unknown> | TaskFutureList<unknown>)[] | undefined;
  /** Cancels the runs of this flow when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

export const FLOW_OPTION_CHECKS: OptionChecks = {
  name: nameCheck,
  description: textCheck,
  version: textCheck,
  tags: tagsCheck,
  flowRunName: nameTemplateCheck,
  retries: countCheck,
  retryDelaySeconds: {
    mustBe: "a number of seconds ≥ 0",
    accepts: (value) => typeof value === "number" && delaysCheck.accepts(value),
  },
  timeoutSeconds: positiveSecondsCheck,
  parameters: {
    mustBe: "a zod object or another Standard Schema",
    accepts: (value) =>
      (typeof value === "object" || typeof value === "function") && value !== null && "~standard" in value,
  },
  validateParameters: booleanCheck,
  taskRunner: { mustBe: "a TaskRunner", accepts: (value) => hasMethods(value, "open") },
  persistResult: booleanCheck,
  resultStorage: storageCheck,
  resultSerializer: serializerCheck,
  cacheResultInMemory: booleanCheck,
  onRunning: hooksCheck,
  onCompletion: hooksCheck,
  onFailure: hooksCheck,
  onCancellation: hooksCheck,
  onCrashed: hooksCheck,
  onStateChange: hooksCheck,
  logPrints: booleanCheck,
  waitFor: { mustBe: "a list of futures", accepts: (value) => Array.isArray(value) },
  signal: signalCheck,
};
