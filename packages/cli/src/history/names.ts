/** The names of the flows, flow runs and task runs that other objects refer to by id. */
import type { OrchestrationApi } from "@sluice/protocol";
import { inParts } from "./pages.ts";

/** Id → name; what was deleted meanwhile is not in it. */
export type Names = ReadonlyMap<string, string>;

type MaybeId = string | null;

/** The names of flows. */
export function flowNames(api: OrchestrationApi, ids: readonly string[]): Promise<Names> {
  return namesOf(ids, (part) => api.flows.filter({ flows: { id: { any_: part } } }));
}

/** The names of flow runs; absent ids are left out. */
export function flowRunNames(api: OrchestrationApi, ids: readonly MaybeId[]): Promise<Names> {
  return namesOf(ids, (part) => api.flowRuns.filter({ flow_runs: { id: { any_: part } } }));
}

/** The names of task runs; absent ids are left out. */
export function taskRunNames(api: OrchestrationApi, ids: readonly MaybeId[]): Promise<Names> {
  return namesOf(ids, (part) => api.taskRuns.filter({ task_runs: { id: { any_: part } } }));
}

async function namesOf(
  ids: readonly MaybeId[],
  list: (part: string[]) => Promise<readonly { readonly id: string; readonly name: string }[]>,
): Promise<Names> {
  const names = new Map<string, string>();
  for (const part of inParts(ids.filter((id) => id !== null))) {
    for (const { id, name } of await list([...part])) names.set(id, name);
  }
  return names;
}
