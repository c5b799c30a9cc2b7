/** A task run as it is sent to another process or thread, a reference to the task and never a closure, and what comes back. */
import type { StateCreate, TaskInput, TaskRunRecord, WireState } from "@sluice/protocol";
import type { LogRecord } from "../logging/log-record.ts";
import type { TaskIdentity } from "../runtime/task-run.ts";
import type { SettingOverrides } from "../settings/settings.ts";

/** Where another process finds a task. */
export interface TaskReference {
  /** URL of the module. */
  readonly module: string;
  /**
   * Name of the export that is the task. `undefined` when the module was still being evaluated, so that its exports could
   * not be seen: the task is then found by its key.
   */
  readonly exportName: string | undefined;
  readonly taskName: string;
  /** The task's name and a hash of its source. */
  readonly taskKey: string;
}

/** The facts of the task run, as `TaskRun` takes them. */
export interface CalledTaskRun {
  readonly id: string;
  readonly name: string;
  readonly task: TaskIdentity;
  readonly dynamicKey: string;
  readonly tags: readonly string[];
  /** Tags that runs begun inside the task get. */
  readonly ambientTags: readonly string[];
  readonly inputs: Record<string, TaskInput[]>;
  readonly depth: number;
  readonly logsPrints: boolean;
  readonly isShielded: boolean;
  /** The state it is in. */
  readonly state: WireState;
}

/** The facts of the flow run that the task run is part of. */
export interface CallingFlowRun {
  readonly id: string;
  readonly name: string;
  readonly flowName: string;
  readonly flowVersion: string | undefined;
  readonly runCount: number;
  readonly tags: readonly string[];
  readonly logsPrints: boolean;
  readonly parentId: string | undefined;
  readonly rootId: string;
  readonly deploymentId: string | undefined;
  /** ISO 8601. */
  readonly scheduledStartTime: string | undefined;
  /** Parameters and result options, by the json serializer. */
  readonly payload: Uint8Array;
}

/** Everything another process needs to run the task engine on one task run. Plain data and bytes. */
export interface TaskCall {
  readonly reference: TaskReference;
  readonly taskRun: CalledTaskRun;
  readonly flowRun: CallingFlowRun | undefined;
  /** The arguments, and the options that differ from those of the referenced task, by the json serializer. */
  readonly payload: Uint8Array;
  /** Settings that differ from defaults, by dotted key, so that the engine there works as here. Never secrets. */
  readonly settings: SettingOverrides;
}

/** A run begun inside a task that ended without completing, and that nobody awaited. */
export interface UnseenFailure {
  readonly taskRunId: string;
  readonly taskRunName: string;
  readonly state: WireState;
  /** What it threw, by the json serializer. */
  readonly payload: Uint8Array | undefined;
}

/** The end of a task run in another process. Plain data and bytes. */
export interface TaskOutcome {
  /** The final state as stored and sent. */
  readonly state: WireState;
  /** By the json serializer: the value of a completed run, else what was thrown; absent when only the storage has it. */
  readonly payload: Uint8Array | undefined;
  readonly unseenFailures: readonly UnseenFailure[];
  /**
   * Whether code of the task goes on although the run has ended (it ignored its signal). The place it runs in must not
   * get other work before `TaskChannel.settled` is called, and is best ended if that does not come soon.
   */
  readonly isStillRunning: boolean;
}

/** What an engine in another process has to say between beginning and end: history, in batches. */
export interface TaskReport {
  /** Facts and states of the run, and of runs begun inside it. */
  readonly records: readonly TaskRunRecord[];
  readonly logs: readonly LogRecord[];
  /** Final states of flow runs that could not be told to the API in time. */
  readonly flowRunStates: readonly { readonly id: string; readonly state: StateCreate }[];
}
