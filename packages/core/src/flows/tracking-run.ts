/** How a child run is known to its parent: by a task run that stands for it. */
import type { OrchestrationApi, FlowRun as WireFlowRun, TaskRun as WireTaskRun } from "@sluice/protocol";
import { collectDependencies, inputsOf, noDependencies } from "../futures/dependencies.ts";
import type { FlowRun } from "../runtime/flow-run.ts";
import type { RunScope } from "../runtime/run-scope.ts";
import { Pending } from "../states/state-factories.ts";
import { isRecord } from "./flow-parameters.ts";

/** What stands in the parent's history for the child. */
export interface ChildCall {
  readonly name: string;
  readonly taskKey: string;
  /** As given, with futures in them: what the child depends on. */
  readonly parameters: unknown;
}

/** The task run of the parent that stands for the child; the same one in every attempt of the parent. */
export function createTrackingRun(
  { name, taskKey, parameters }: ChildCall,
  scope: RunScope,
  parent: FlowRun,
): Promise<WireTaskRun> {
  const dynamicKey = parent.nextStableKey(taskKey);
  const inputs = Object.fromEntries(
    Object.entries(isRecord(parameters) ? parameters : {}).map(([parameter, value]) => {
      const found = noDependencies();
      collectDependencies(value, found);
      const origin = parent.originOf(value);
      return [parameter, origin === undefined ? inputsOf(found) : [origin]];
    }),
  );
  if (scope.taskRun !== undefined) inputs["__parents__"] = [{ input_type: "task_run", id: scope.taskRun.id }];
  return parent.services.api.taskRuns.create({
    name: `${name}-${dynamicKey}`,
    flow_run_id: parent.id,
    task_key: taskKey,
    dynamic_key: dynamicKey,
    state: Pending().toProposal(),
    task_inputs: inputs,
  });
}

/** The newest child run that a task run stands for. */
export async function findChild(api: OrchestrationApi, trackingId: string): Promise<WireFlowRun | undefined> {
  const [run] = await api.flowRuns.filter({
    flow_runs: { parent_task_run_id: { any_: [trackingId] } },
    sort: "EXPECTED_START_TIME_DESC",
    limit: 1,
  });
  return run;
}
