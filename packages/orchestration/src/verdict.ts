/** What a rule is asked and what it answers. */
import type { WireState } from "@sluice/protocol";
import type { StoredFlowRun } from "./stored-nouns.ts";

/** A state before it has an id and a timestamp. */
export type ProposedState = Omit<WireState, "id" | "timestamp">;

/** What a rule may know beside the proposed state. */
export interface FlowRunContext {
  /** The run as it is, in its current state. */
  readonly run: StoredFlowRun;
  /** When the decision is made; canonical text. */
  readonly now: string;
  readonly newId: () => string;
}

/** Members of the run that a rule changes beside its state. */
export type RunChanges = Pick<Partial<StoredFlowRun>, "empirical_policy">;

/**
 * - `accept`: this rule has no objection, and may amend the proposed state (but not its type) or the run.
 * - `reject`: another state is written instead, or none (`state` null).
 * - `wait`: nothing is written; the proposal comes too early.
 * - `abort`: nothing is written; whoever proposes shall stop orchestrating this run.
 */
export type Verdict =
  | { readonly type: "accept"; readonly state?: ProposedState; readonly run?: RunChanges }
  | {
      readonly type: "reject";
      readonly state: ProposedState | null;
      readonly reason: string;
      readonly run?: RunChanges;
    }
  | { readonly type: "wait"; readonly delaySeconds: number; readonly reason: string }
  | { readonly type: "abort"; readonly reason: string };

/** Decides on one aspect of a transition. Pure: the same question has the same answer. */
export type FlowRunRule = (proposal: ProposedState, context: FlowRunContext) => Verdict;

/** No objection. */
export const ACCEPT: Verdict = { type: "accept" };
