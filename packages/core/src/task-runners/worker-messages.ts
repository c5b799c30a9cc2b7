/** What the process of the flow and its worker threads and processes say to each other. Plain data and bytes. */
import type { ApiRequest } from "../api/remote-api.ts";
import type { Interruption } from "../runtime/interruption.ts";
import type { TaskCall, TaskOutcome, TaskReport } from "../task-calls/task-call.ts";

/** What a call asks of the flow's process: an operation of the API, or that its reports are in the history. */
export type WorkerRequest =
  | { readonly kind: "api"; readonly request: ApiRequest }
  | { readonly kind: "flush" };

export type MessageToWorker =
  | { readonly type: "run"; readonly id: number; readonly call: TaskCall }
  | {
      readonly type: "interrupt";
      readonly id: number;
      readonly kind: Interruption["kind"];
      readonly message: string;
      /** By the json serializer. */
      readonly error: Uint8Array;
    }
  | { readonly type: "answer"; readonly requestId: number; readonly value: unknown }
  | { readonly type: "refusal"; readonly requestId: number; readonly error: Uint8Array }
  /** There is no more work. */
  | { readonly type: "close" };

export type MessageFromWorker =
  /** The worker has started. */
  | { readonly type: "ready" }
  | { readonly type: "report"; readonly id: number; readonly report: TaskReport }
  | {
      readonly type: "request";
      readonly id: number;
      readonly requestId: number;
      readonly request: WorkerRequest;
    }
  | { readonly type: "end"; readonly id: number; readonly outcome: TaskOutcome }
  /** The call could not be begun. */
  | { readonly type: "refused"; readonly id: number; readonly error: Uint8Array }
  /** Code that went on after the end of its run has ended too. */
  | { readonly type: "settled"; readonly id: number };
