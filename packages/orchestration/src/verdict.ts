/** What a rule is asked and what it answers. */
import type { WireState } from "@sluice/protocol";
import type { StoredFlowRun, StoredTaskRun } from "./stored-nouns.ts";

/** A state before it has an id and a timestamp. */
export type ProposedState = Omit<WireState, "id" | "timestamp">;

/** The concurrency limit of a run's deployment, and the run's slot of it. */
export interface DeploymentConcurrency {
  readonly limit: number;
  readonly freeSlots: number;
  /** Whether the lease in the run's state still holds its slot. */
  readonly holdsSlot: boolean;
  /** What a run does that gets no slot: wait its turn, or end. */
  readonly collisionStrategy: "ENQUEUE" | "CANCEL_NEW";
  /** How long a run may take from its slot to RUNNING. */
  readonly graceSeconds: number;
}

/** The concurrency limit of a tag of a task run. */
export interface TagLimit {
  readonly tag: string;
  readonly limit: number;
  readonly freeSlots: number;
  /** When to ask again where none is free. */
  readonly waitSeconds: number;
}

/** What rules for runs of both kinds may know beside the proposed state. */
export interface RunContext {
  /** The run as it is, in its current state. */
  readonly run: { readonly state: WireState | null };
  /** When the decision is made; canonical text. */
  readonly now: string;
  readonly newId: () => string;
}

/** What rules for flow runs may know. */
export interface FlowRunContext extends RunContext {
  readonly run: StoredFlowRun;
  /** Absent when the deployment has no limit, or when it does not matter for what is proposed. */
  readonly concurrency?: DeploymentConcurrency | undefined;
  /** Version of the Prefect client that proposes; absent for all others. */
  readonly clientVersion?: string | undefined;
}

/** What rules for task runs may know. */
export interface TaskRunContext extends RunContext {
  readonly run: StoredTaskRun;
  /** The flow run that it belongs to; absent for one that belongs to none. */
  readonly flowRun?: Pick<StoredFlowRun, "state" | "run_count"> | undefined;
  /** Those of its tags that have one; absent when they do not matter for what is proposed. */
  readonly tagLimits?: readonly TagLimit[] | undefined;
  /** The state in the cache under the proposed key; absent when it does not matter for what is proposed. */
  readonly cached?: WireState | undefined;
}

/** Members of a task run that a rule changes beside its state. */
export type TaskRunChanges = Pick<
  Partial<StoredTaskRun>,
  "run_count" | "flow_run_run_count" | "cache_key" | "cache_expiration"
>;

/** Members of the run that a rule changes beside its state. */
export type RunChanges = Pick<Partial<StoredFlowRun>, "empirical_policy">;

/**
 * What becomes of a run's slot of its deployment's limit, or of a task run's slots of its tags: it takes them, or keeps what
 * it has. `leaseSeconds` is how long without renewal; null is until the run leaves it.
 */
export type SlotChange =
  | { readonly type: "take"; readonly leaseId: string; readonly leaseSeconds: number | null }
  | { readonly type: "keep"; readonly leaseSeconds: number | null };

/**
 * - `accept`: this rule has no objection, and may amend the proposed state (but not its type), the run or its slot.
 * - `reject`: another state is written instead, or none (`state` null).
 * - `wait`: nothing is written; the proposal comes too early.
 * - `abort`: nothing is written; whoever proposes shall stop orchestrating this run.
 */
export type Verdict<Changes = RunChanges> =
  | {
      readonly type: "accept";
      readonly state?: ProposedState;
      readonly run?: Changes;
      readonly slot?: SlotChange;
    }
  | {
      readonly type: "reject";
      readonly state: ProposedState | null;
      readonly reason: string;
      readonly run?: Changes;
    }
  | { readonly type: "wait"; readonly delaySeconds: number; readonly reason: string }
  | { readonly type: "abort"; readonly reason: string };

/** Decides on one aspect of a transition. Pure: the same question has the same answer. */
export type Rule<Context, Changes> = (proposal: ProposedState, context: Context) => Verdict<Changes>;
export type FlowRunRule = Rule<FlowRunContext, RunChanges>;
export type TaskRunRule = Rule<TaskRunContext, TaskRunChanges>;
/** For runs of both kinds; it changes nothing but their state. */
export type RunRule = Rule<RunContext, never>;

/** No objection. */
export const ACCEPT: Verdict<never> = { type: "accept" };
