/** Carries out what a policy decided, and says what clients are told of it. */
import type { OrchestrationResult, WireState } from "@sluice/protocol";
import type { Decision } from "../decide.ts";
import type { ProposedState, SlotChange } from "../verdict.ts";

/** What a decision has written. */
export interface DecidedEntry<Changes> {
  readonly state: ProposedState;
  readonly changes: Changes | undefined;
  /** Of accepted states only. */
  readonly slot: SlotChange | undefined;
}

/** `current` is the state that the run stays in where nothing is written. */
export async function carryOut<Changes>(
  decision: Decision<Changes>,
  current: WireState | null,
  write: (entry: DecidedEntry<Changes>) => Promise<WireState>,
): Promise<OrchestrationResult> {
  switch (decision.type) {
    case "accept": {
      const state = await write({ state: decision.state, changes: decision.run, slot: decision.slot });
      return { status: "ACCEPT", state, details: { type: "accept_details" } };
    }
    case "reject": {
      const { state: instead, run: changes, reason } = decision;
      const state = instead === null ? current : await write({ state: instead, changes, slot: undefined });
      return { status: "REJECT", state, details: { type: "reject_details", reason } };
    }
    case "wait": {
      const { delaySeconds: delay_seconds, reason } = decision;
      return { status: "WAIT", state: current, details: { type: "wait_details", delay_seconds, reason } };
    }
    case "abort":
      return {
        status: "ABORT",
        state: current,
        details: { type: "abort_details", reason: decision.reason },
      };
  }
}
