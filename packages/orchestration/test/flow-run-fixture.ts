import { newId, type StateType } from "@sluice/protocol";
import type { StoredFlowRun } from "../src/stored-nouns.ts";
import { makeFlowRun } from "../src/testing/store/fixtures.ts";
import type { FlowRunContext, ProposedState } from "../src/verdict.ts";

export const NOW = "2026-03-04T05:06:07.123457Z";

/** A proposed state. */
export function proposed(type: StateType, members: Partial<ProposedState> = {}): ProposedState {
  const name = type.charAt(0) + type.slice(1).toLowerCase();
  return { type, name, message: null, data: null, state_details: {}, ...members };
}

/** A flow run in a state (none for null), a second before `NOW`. */
export function flowRun(state: ProposedState | null, members: Partial<StoredFlowRun> = {}): StoredFlowRun {
  const current = state && { ...state, id: newId(), timestamp: "2026-03-04T05:06:06.123457Z" };
  return makeFlowRun({ id: newId() }, { created: NOW, updated: NOW, state: current, ...members });
}

export function contextOf(run: StoredFlowRun): FlowRunContext {
  return { run, now: NOW, newId };
}
