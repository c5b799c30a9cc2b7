/** How many task runs of a flow run are in which state. */
import type { OrchestrationApi } from "@sluice/protocol";
import { STATE_NAMES } from "../output/state-text.ts";

/** What the states are counted as whose names Sluice does not give. */
const OTHER = "in other states";

/** Count by the name of the state; only those that occur. */
export async function countTaskRuns(
  api: OrchestrationApi,
  flowRunId: string,
): Promise<Readonly<Record<string, number>>> {
  const of = { flow_run_id: { any_: [flowRunId] } };
  const total = await api.taskRuns.count({ task_runs: of });
  if (total === 0) return {};
  const counts = await Promise.all(
    Object.keys(STATE_NAMES).map(async (name) => {
      const count = await api.taskRuns.count({ task_runs: { ...of, state: { name: { any_: [name] } } } });
      return [name, count] as const;
    }),
  );
  const known = counts.reduce((sum, [, count]) => sum + count, 0);
  return Object.fromEntries([...counts, [OTHER, total - known] as const].filter(([, count]) => count > 0));
}
