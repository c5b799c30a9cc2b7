/** Goes through the flow runs that are in a state now. */
import type { StateType } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import type { LocalContext } from "../local-api/local-context.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";

const PAGE = 200;

type LiveStateType = Exclude<StateType, "COMPLETED" | "FAILED" | "CANCELLED" | "CRASHED">;

/** A page at a time; costs what is alive, not what is stored. Runs may change state meanwhile. */
export async function* liveRunsIn(
  context: LocalContext,
  type: LiveStateType,
): AsyncGenerator<StoredFlowRun, void, undefined> {
  let seen: readonly string[] = [];
  for (;;) {
    const inState: Condition<StoredFlowRun> = { type: "one-of", member: "state_type", values: [type] };
    const isNew: Condition<StoredFlowRun> = { type: "none-of", member: "id", values: seen };
    const page = await context.store.flowRuns.list({
      where: { type: "all", conditions: [inState, isNew] },
      limit: PAGE,
    });
    yield* page;
    if (page.length < PAGE) return;
    seen = [...seen, ...page.map((run) => run.id)];
  }
}
