/** Deletes deployments. */
import { deploymentEvent } from "../../events/deployment-events.ts";
import type { Store } from "../../store.ts";
import type { StoredDeployment } from "../../stored-nouns.ts";
import type { Moment } from "../local-context.ts";
import { deleteOwnLimit } from "./deployment-limit.ts";
import { listSchedules } from "./read-deployments.ts";
import { deleteUnstartedRuns } from "./unstarted-runs.ts";

/** With its schedules, its own limit and the runs that have not begun. The others keep its id, of which nothing is left. */
export async function deleteDeployment(
  store: Store,
  deployment: StoredDeployment,
  moment: Moment,
): Promise<void> {
  const { id } = deployment;
  await deleteUnstartedRuns(store, id, {});
  for (const schedule of await listSchedules(store, [id])) {
    await store.objects("deployment_schedule").delete(schedule.id);
  }
  await deleteOwnLimit(store, id, moment);
  await store.objects("deployment").delete(id);
  moment.emit(deploymentEvent("deleted", deployment, moment));
}
