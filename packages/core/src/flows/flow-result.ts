/** The stored result of a flow run. */
import type { FlowRun as WireFlowRun } from "@sluice/protocol";
import type { EngineServices } from "../runtime/engine-services.ts";
import type { State } from "../states/state.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import type { OpenedRun } from "./open-flow-run.ts";

export async function storedFlowResult(
  _d: FlowDefinition,
  _w: WireFlowRun,
  _s: EngineServices,
): Promise<State | undefined> {
  return undefined;
}
export async function keepFlowResult(_o: OpenedRun, _d: FlowDefinition, state: State): Promise<State> {
  return state;
}
