/** What filters of one noun ask of the others. */
import type { FlowRunQuery } from "@sluice/protocol";
import type { StoredFlowRun, StoredTaskRun } from "../store.ts";
import { flowPredicate, flowRunPredicate, type Relations, taskRunPredicate } from "./filters.ts";
import { join, type MaybePredicate } from "./predicate.ts";
import type { MemoryTables } from "./tables.ts";

type NounFilters = Pick<FlowRunQuery, "flows" | "flow_runs" | "task_runs">;

/** Looks up relations in the tables. */
function relationsOf(tables: MemoryTables): Relations {
  return {
    taskRun: (id) => tables.taskRuns.get(id),
    subflowTaskRunIds: () => {
      const ids = new Set<string>();
      for (const run of tables.flowRuns.values())
        if (run.parent_task_run_id !== null) ids.add(run.parent_task_run_id);
      return ids;
    },
  };
}

/** Flow runs that match, whose flow matches, and of which some task run matches. */
export function flowRunMatcher(tables: MemoryTables, filters: NounFilters): MaybePredicate<StoredFlowRun> {
  const relations = relationsOf(tables);
  const isFlow = flowPredicate(filters.flows);
  const isTaskRun = taskRunPredicate(filters.task_runs, relations);
  return join<StoredFlowRun>("and_", [
    flowRunPredicate(filters.flow_runs, relations),
    isFlow &&
      ((run) => {
        const flow = tables.flows.get(run.flow_id);
        return flow !== undefined && isFlow(flow);
      }),
    isTaskRun && ((run) => taskRunsOf(tables, run.id).some(isTaskRun)),
  ]);
}

/** Task runs that match and belong to a flow run that matches. */
export function taskRunMatcher(tables: MemoryTables, filters: NounFilters): MaybePredicate<StoredTaskRun> {
  const isFlowRun = flowRunMatcher(tables, { flows: filters.flows, flow_runs: filters.flow_runs });
  return join<StoredTaskRun>("and_", [
    taskRunPredicate(filters.task_runs, relationsOf(tables)),
    isFlowRun &&
      ((taskRun) => {
        const run = taskRun.flow_run_id === null ? undefined : tables.flowRuns.get(taskRun.flow_run_id);
        return run !== undefined && isFlowRun(run);
      }),
  ]);
}

/** The task runs of a flow run. */
export function taskRunsOf(tables: MemoryTables, flowRunId: string): StoredTaskRun[] {
  const runs: StoredTaskRun[] = [];
  for (const id of tables.taskRunIds(flowRunId)) {
    const run = tables.taskRuns.get(id);
    if (run !== undefined) runs.push(run);
  }
  return runs;
}
