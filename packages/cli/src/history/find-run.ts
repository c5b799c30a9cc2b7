/** Finds the run that the command line means: by id or by name. */
import type { FlowRun, OrchestrationApi, TaskRun } from "@sluice/protocol";
import { onlyOne } from "./only-one.ts";

const MAX_SHOWN = 20;
const SUGGESTIONS_FROM = 200;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The flow run of this id or name.
 *
 * @throws {ObjectNotFoundError} when no run has the id.
 * @throws {NameNotFoundError} when no run has the name; it suggests a recent one of a similar name.
 * @throws {AmbiguousNameError} when several have the name; it lists them, newest first.
 */
export async function findFlowRun(api: OrchestrationApi, idOrName: string): Promise<FlowRun> {
  if (UUID.test(idOrName)) return api.flowRuns.get(idOrName.toLowerCase());
  const found = await api.flowRuns.filter({ flow_runs: { name: { any_: [idOrName] } }, limit: MAX_SHOWN });
  return onlyOne(found, {
    noun: "flow run",
    name: idOrName,
    similar: async () => namesOf(await api.flowRuns.filter({ limit: SUGGESTIONS_FROM })),
    list: "sluice flow-run ls",
    lineOf: runLine,
  });
}

/** The task run of this id, or of this name in any flow run or in one; errors as of `findFlowRun`. */
export async function findTaskRun(
  api: OrchestrationApi,
  idOrName: string,
  flowRun: FlowRun | undefined,
): Promise<TaskRun> {
  if (UUID.test(idOrName)) return api.taskRuns.get(idOrName.toLowerCase());
  const within = flowRun === undefined ? {} : { flow_run_id: { any_: [flowRun.id] } };
  const found = await api.taskRuns.filter({
    task_runs: { ...within, name: { any_: [idOrName] } },
    limit: MAX_SHOWN,
  });
  return onlyOne(found, {
    noun: "task run",
    name: idOrName,
    similar: async () => namesOf(await api.taskRuns.filter({ task_runs: within, limit: SUGGESTIONS_FROM })),
    list: flowRun === undefined ? "sluice task-run ls" : `sluice task-run ls --flow-run ${flowRun.id}`,
    lineOf: runLine,
  });
}

type AnyRun = Pick<FlowRun, "id" | "name" | "state_name" | "start_time">;

function runLine({ id, state_name: state, start_time: start }: AnyRun): string {
  return `  ${id}  ${state ?? "without a state"}  ${start ?? "not started"}`;
}

function namesOf(runs: readonly AnyRun[]): readonly string[] {
  return runs.map(({ name }) => name);
}
