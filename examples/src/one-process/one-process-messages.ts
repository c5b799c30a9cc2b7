/** What the two sides of `OneProcessTaskRunner` say to each other. Plain data and bytes. */
import type { ApiRequest, Interruption, TaskCall, TaskOutcome, TaskReport } from "@sluice/core";

export type ToWorker =
  | { readonly type: "run"; readonly id: number; readonly call: TaskCall }
  | {
      readonly type: "stop";
      readonly id: number;
      readonly kind: Interruption["kind"];
      readonly message: string;
    }
  | { readonly type: "answer"; readonly question: number; readonly value: unknown }
  | { readonly type: "refusal"; readonly question: number; readonly error: Uint8Array };

export type FromWorker =
  | { readonly type: "report"; readonly id: number; readonly report: TaskReport }
  /** An operation of the API or, without a request, that all reports are in the history. */
  | {
      readonly type: "question";
      readonly id: number;
      readonly question: number;
      readonly request?: ApiRequest;
    }
  | { readonly type: "end"; readonly id: number; readonly outcome: TaskOutcome }
  | { readonly type: "failure"; readonly id: number; readonly error: Uint8Array };
