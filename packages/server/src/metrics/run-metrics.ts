/** How many runs are alive, by state; finished ones are not counted, since there are ever more of them. */

import type { Store } from "@sluice/orchestration";
import { isTerminalStateType, STATE_TYPES, type StateType } from "@sluice/protocol";
import { gauge } from "./gauge.ts";
import type { Metric, Sample } from "./metric.ts";

const LIVE_STATES = STATE_TYPES.filter((type) => !isTerminalStateType(type));

/** Asked of the database once per reading of the figures. */
export function runMetrics(store: Store): Metric {
  return gauge("sluice_flow_runs", "Flow runs that have not ended, by type of state", () =>
    Promise.all(LIVE_STATES.map((type) => liveRuns(store, type))),
  );
}

async function liveRuns(store: Store, type: StateType): Promise<Sample> {
  const value = await store.flowRuns.count({ type: "one-of", member: "state_type", values: [type] });
  return { labels: { state_type: type }, value };
}
