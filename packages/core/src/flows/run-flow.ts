/** The flow engine: opens a run, carries it through its states, and ends it. */
import { currentServices } from "../runtime/current-services.ts";
import type { FlowRun } from "../runtime/flow-run.ts";
import type { RunProgress } from "../runtime/run-progress.ts";
import { currentScope, type RunScope } from "../runtime/run-scope.ts";
import type { State } from "../states/state.ts";
import { attemptFlowRun } from "./attempt-flow-run.ts";
import { beginFlowRun } from "./begin-flow-run.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import { runEndHooks } from "./flow-hooks.ts";
import { linkInterruptions } from "./link-interruptions.ts";
import { type OpenedRun, openFlowRun } from "./open-flow-run.ts";
import { pauseUntilScheduled, proposeFinalState } from "./propose-state.ts";

export interface FlowCall {
  readonly parameters?: unknown;
  /** Runs this existing flow run again (a retry, a scheduled run) instead of a new one. */
  readonly flowRunId?: string | undefined;
  /** Id of the state that the run must be in to begin: it belongs to another process when it has left it. */
  readonly claimId?: string | undefined;
  /** Cancels the run when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** Whether Ctrl-C and SIGTERM end the run (default true). */
  readonly watchesSignals?: boolean | undefined;
  /** Told of the run's id and counts as soon as it has begun; its name changes when the flow names its runs. */
  readonly onBegin?:
    | ((run: { readonly id: string; readonly name: string; readonly progress: RunProgress }) => void)
    | undefined;
}

/** Runs a flow to its end; the final state tells how it went. Rejects only when no run could be opened. */
export async function runFlowDefinition(definition: FlowDefinition, call: FlowCall): Promise<State> {
  const scope = currentScope();
  scope?.flowRun?.beginWork();
  try {
    return await runInside(definition, call, scope);
  } finally {
    scope?.flowRun?.endWork();
  }
}

async function runInside(
  definition: FlowDefinition,
  call: FlowCall,
  scope: RunScope | undefined,
): Promise<State> {
  const services = scope?.flowRun?.services ?? scope?.taskRun?.services ?? (await currentServices());
  const opened = await openFlowRun({ definition, call, scope, services });
  const { flowRun } = opened;
  if (opened.earlier !== undefined) return opened.earlier;
  const unlink = linkInterruptions(opened, call);
  call.onBegin?.(flowRun);
  try {
    const state = await carryThrough(opened, call.claimId);
    logEnd(flowRun, state);
    if (state.data?.kind === "value") {
      flowRun.parent?.noteOrigin(state.data.value, { input_type: "flow_run", id: flowRun.id });
    }
    return state;
  } finally {
    flowRun.end();
    // A hook may have submitted tasks after the last attempt.
    await flowRun.closeSession();
    services.heartbeat.remove(flowRun.id);
    if (flowRun.parent === undefined) await services.recorder.flush();
    await unlink();
  }
}

/** Attempts until orchestration takes a final state. */
async function carryThrough(opened: OpenedRun, claimId: string | undefined): Promise<State> {
  const { flowRun } = opened;
  for (let expectedStateId = claimId; ; expectedStateId = undefined) {
    const unbegun = await beginFlowRun(opened, expectedStateId);
    if (unbegun !== undefined) return unbegun;
    const state = await attemptFlowRun(opened);
    const answer = await proposeFinalState(flowRun, state);
    if (!answer.isScheduled()) {
      await runEndHooks(opened, answer);
      return answer;
    }
    flowRun.engineLogger.info("Flow run failed and is retried", {
      reason: state.message,
      state: answer.name,
    });
    flowRun.renewForRetry();
    await pauseUntilScheduled(flowRun, answer);
  }
}

function logEnd(flowRun: FlowRun, state: State): void {
  const level = state.isCompleted() ? "info" : state.isCancelled() ? "warn" : "error";
  flowRun.engineLogger[level]("Flow run ended", {
    state: state.name,
    ...(state.message && { reason: state.message }),
  });
}
