/** What clients are told of a decision that writes nothing. */
import type { OrchestrationResult, WireState } from "@sluice/protocol";
import type { Verdict } from "../verdict.ts";

/** The run stays in its state. */
export function unwritten(
  verdict: Extract<Verdict<never>, { readonly type: "wait" | "abort" }>,
  state: WireState | null,
): OrchestrationResult {
  if (verdict.type === "abort") {
    return { status: "ABORT", state, details: { type: "abort_details", reason: verdict.reason } };
  }
  const { delaySeconds: delay_seconds, reason } = verdict;
  return { status: "WAIT", state, details: { type: "wait_details", delay_seconds, reason } };
}
