/** Fills in what clients may leave out. */
import type { EmpiricalPolicy, FlowRun, StateCreate } from "@sluice/protocol";
import type { ProposedState } from "../verdict.ts";

/** A proposed state with all members. Without a name it is called by its type in title case. */
export function toProposal(state: StateCreate): ProposedState {
  return {
    type: state.type,
    name: state.name ?? state.type.charAt(0) + state.type.slice(1).toLowerCase(),
    message: state.message ?? null,
    data: state.data ?? null,
    state_details: state.state_details ?? {},
  };
}

/** The state a run is born in unless the client says otherwise. */
export function birthState(state: StateCreate | null | undefined): ProposedState {
  return toProposal(state ?? { type: "PENDING" });
}

/** A policy with all members that have defaults. */
export function toPolicy(policy: EmpiricalPolicy | undefined): FlowRun["empirical_policy"] {
  return {
    ...policy,
    max_retries: policy?.max_retries ?? 0,
    retry_delay_seconds: policy?.retry_delay_seconds ?? 0,
    pause_keys: policy?.pause_keys ?? [],
  };
}
