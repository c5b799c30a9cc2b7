/** Applies a policy to a proposed state. */
import type { ProposedState, Rule, RunContext, SlotChange, Verdict } from "./verdict.ts";

/** What the rules of a policy come to together. */
export type Decision<Changes> =
  | {
      readonly type: "accept";
      readonly state: ProposedState;
      readonly run?: Changes | undefined;
      readonly slot?: SlotChange | undefined;
    }
  | Exclude<Verdict<Changes>, { readonly type: "accept" }>;

/**
 * Asks the rules in order. Each sees the proposed state and the run as amended by those before it. The first that does
 * not accept decides, and the amendments to the run and its slot made before it are void.
 */
export function decide<Context extends RunContext, Changes extends object>(
  policy: readonly Rule<Context, Changes>[],
  proposal: ProposedState,
  context: Context,
): Decision<Changes> {
  let state = proposal;
  let amended = context;
  let run: Changes | undefined;
  let slot: SlotChange | undefined;
  for (const rule of policy) {
    const verdict = rule(state, amended);
    if (verdict.type !== "accept") return verdict;
    state = verdict.state ?? state;
    slot = verdict.slot ?? slot;
    if (verdict.run === undefined) continue;
    run = run === undefined ? verdict.run : { ...run, ...verdict.run };
    amended = { ...context, run: { ...context.run, ...run } };
  }
  return { type: "accept", state, run, slot };
}
