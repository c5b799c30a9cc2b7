/** One call of a flow's function, and what follows from it. */

import { capturePrints } from "../runtime/run-logger.ts";
import { runInScope } from "../runtime/run-scope.ts";
import { settleWork } from "../runtime/settle-work.ts";
import type { State } from "../states/state.ts";
import { Failed } from "../states/state-factories.ts";
import { callInterruptibly, settledInScope } from "../tasks/call-interruptibly.ts";
import { describe } from "../tasks/runner-failure.ts";
import { type FlowEnding, finalFlowState } from "./final-state.ts";
import { keepFlowResult } from "./flow-result.ts";
import type { OpenedRun } from "./open-flow-run.ts";

/** Calls the function, waits for what it submitted, frees its resources; the state that the attempt ends in. */
export async function attemptFlowRun(opened: OpenedRun): Promise<State> {
  const { flowRun, definition, tags } = opened;
  const ending = await callFunction(opened);
  if ("error" in ending) {
    const error = ending.error instanceof Error ? ending.error : new Error(String(ending.error));
    const message = `The flow run failed before this task run began: ${error.message}`;
    flowRun.closeToTasks({ kind: "cancel", message, error });
  }
  await flowRun.lendSlotWhile(settleWork(flowRun));
  await runInScope({ flowRun, taskRun: undefined, tags }, () => flowRun.runCleanups());
  await flowRun.closeSession();
  const state = await finalFlowState(flowRun, ending).catch((error: unknown) =>
    Failed({ message: `The flow's result could not be read: ${describe(error)}`, data: error }),
  );
  return keepFlowResult(opened, definition, state);
}

async function callFunction(opened: OpenedRun): Promise<FlowEnding> {
  const { flowRun, definition, arguments: parameters, tags } = opened;
  const release = flowRun.logsPrints ? capturePrints() : undefined;
  try {
    const value = await callInterruptibly(flowRun, {
      timeoutSeconds: definition.options.timeoutSeconds,
      call: () =>
        runInScope({ flowRun, taskRun: undefined, tags }, () =>
          settledInScope(
            Reflect.apply(definition.fn, undefined, parameters === undefined ? [] : [parameters]),
          ),
        ),
    });
    return { value };
  } catch (error) {
    return { error };
  } finally {
    release?.();
  }
}
