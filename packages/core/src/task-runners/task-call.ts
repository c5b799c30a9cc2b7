/** A task run as it is sent to another process or thread: a reference to the task, never a closure. */

/** Where another process finds a task. */
export interface TaskReference {
  /** URL or absolute path of the module. */
  readonly module: string;
  /** Name of the export that is the task. */
  readonly exportName: string;
  /** The task's name, for messages. */
  readonly taskName: string;
  /** Options changed with `withOptions` after the export was defined; only what can be serialised. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Everything another process needs to run the task engine on one task run. */
export interface TaskCall {
  readonly reference: TaskReference;
  readonly taskRun: {
    readonly id: string;
    readonly name: string;
    readonly dynamicKey: string;
    readonly tags: readonly string[];
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly depth: number;
  };
  readonly flowRun:
    | {
        readonly id: string;
        readonly name: string;
        readonly flowName: string;
        readonly flowVersion: string | undefined;
        readonly runCount: number;
        readonly tags: readonly string[];
        readonly persistResults: boolean | undefined;
      }
    | undefined;
  /** The arguments and the flow's parameters, by the json serializer. */
  readonly payload: Uint8Array;
  /** Settings that differ from defaults, by dotted key, so that the engine there works as here. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The end of a task run in another process. */
export interface TaskOutcome {
  /** The final state as stored and sent. */
  readonly state: import("@sluice/protocol").WireState;
  readonly runCount: number;
  /** By the json serializer: the value of a completed run, else what was thrown; absent when only the storage has it. */
  readonly payload: Uint8Array | undefined;
}
