/** Finds the run that the command line means: by id or by name. */
import { closestName } from "@sluice/core";
import { type FlowRun, type OrchestrationApi, SluiceError, type TaskRun } from "@sluice/protocol";

/** No run has this name. */
export class RunNotFoundError extends SluiceError {
  constructor(noun: string, name: string, remedy: string) {
    super("OBJECT_NOT_FOUND", `There is no ${noun} "${name}". ${remedy}`, { details: { noun, name } });
  }
}

/** Several runs have this name. */
export class AmbiguousNameError extends SluiceError {
  constructor(noun: string, name: string, lines: readonly string[]) {
    super(
      "INVALID_REQUEST",
      [`Several ${noun}s are called "${name}". Give the id of one of them:`, ...lines].join("\n"),
      { details: { noun, name } },
    );
  }
}

const MAX_SHOWN = 20;
const SUGGESTIONS_FROM = 200;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The flow run of this id or name.
 *
 * @throws {ObjectNotFoundError} when no run has the id.
 * @throws {RunNotFoundError} when no run has the name; it suggests a recent one of a similar name.
 * @throws {AmbiguousNameError} when several have the name; it lists them, newest first.
 */
export async function findFlowRun(api: OrchestrationApi, idOrName: string): Promise<FlowRun> {
  if (UUID.test(idOrName)) return api.flowRuns.get(idOrName.toLowerCase());
  const found = await api.flowRuns.filter({ flow_runs: { name: { any_: [idOrName] } }, limit: MAX_SHOWN });
  return onlyOne(found, {
    noun: "flow run",
    name: idOrName,
    recent: () => api.flowRuns.filter({ limit: SUGGESTIONS_FROM }),
    list: "sluice flow-run ls",
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
    recent: () => api.taskRuns.filter({ task_runs: within, limit: SUGGESTIONS_FROM }),
    list: flowRun === undefined ? "sluice task-run ls" : `sluice task-run ls --flow-run ${flowRun.id}`,
  });
}

interface Search<Run> {
  readonly noun: string;
  readonly name: string;
  recent(): Promise<readonly Run[]>;
  /** The command that shows what there is. */
  readonly list: string;
}

type AnyRun = Pick<FlowRun, "id" | "name" | "state_name" | "start_time">;

async function onlyOne<Run extends AnyRun>(found: readonly Run[], search: Search<Run>): Promise<Run> {
  const [first, ...others] = found;
  const { noun, name, list } = search;
  if (first === undefined) {
    const closest = closestName(
      name,
      (await search.recent()).map((run) => run.name),
    );
    throw new RunNotFoundError(
      noun,
      name,
      closest === undefined ? `"${list}" shows what there is.` : `Did you mean ${closest}?`,
    );
  }
  if (others.length > 0) throw new AmbiguousNameError(noun, name, found.map(runLine));
  return first;
}

function runLine({ id, state_name: state, start_time: start }: AnyRun): string {
  return `  ${id}  ${state ?? "without a state"}  ${start ?? "not started"}`;
}
