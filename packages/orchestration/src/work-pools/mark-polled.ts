/** What it does to queues and deployments that somebody asks for their runs. */
import type { Condition } from "../conditions.ts";
import { deploymentEvent } from "../events/deployment-events.ts";
import { workQueueEvent } from "../events/work-pool-events.ts";
import type { LocalContext, Moment } from "../local-api/local-context.ts";
import type { Store } from "../store.ts";
import type { StoredDeployment, StoredWorkPool, StoredWorkQueue } from "../stored-nouns.ts";
import { addSeconds, compareTimestamps } from "../timestamp.ts";

/** Workers ask every few seconds; what was written so recently is not written again. */
const WRITTEN_EVERY_SECONDS = 15;
/** The rest of many is marked by the polls that follow. */
const MAX_DEPLOYMENTS = 200;

/** Makes the queues and their deployments READY, and notes when that was. */
export async function markPolled(
  context: LocalContext,
  pool: StoredWorkPool,
  queues: readonly StoredWorkQueue[],
): Promise<void> {
  const writtenBefore = addSeconds(context.now(), -WRITTEN_EVERY_SECONDS);
  const isDue = ({ last_polled: polled, status }: StoredWorkQueue): boolean =>
    status !== "READY" || polled === null || compareTimestamps(polled, writtenBefore) < 0;
  const deployments = await context.store.objects("deployment").list({
    where: duePolled(
      queues.map(({ id }) => id),
      writtenBefore,
    ),
    limit: MAX_DEPLOYMENTS,
  });
  const dueQueues = queues.filter(isDue);
  if (dueQueues.length === 0 && deployments.length === 0) return;
  await context.transaction(undefined, async (store, moment) => {
    for (const { id } of dueQueues) {
      const queue = await store.objects("work_queue").find(id);
      if (queue === undefined || !isDue(queue)) continue;
      await store.objects("work_queue").update(id, { last_polled: moment.now, status: "READY" });
      if (queue.status !== "READY" && !queue.is_paused) {
        moment.emit(workQueueEvent("ready", { queue: { ...queue, status: "READY" }, pool }, moment));
      }
    }
    await markDeploymentsPolled(store, deployments, moment);
  });
}

/** Makes deployments READY whose runs somebody asks for. */
export async function markDeploymentsPolled(
  store: Store,
  deployments: readonly StoredDeployment[],
  moment: Moment,
): Promise<void> {
  for (const deployment of deployments) {
    const { id, status } = deployment;
    await store.objects("deployment").update(id, { last_polled: moment.now, status: "READY" });
    if (status !== "READY") {
      moment.emit(deploymentEvent("ready", { ...deployment, status: "READY" }, moment));
    }
  }
}

function duePolled(queueIds: readonly string[], writtenBefore: string): Condition<StoredDeployment> {
  return {
    type: "all",
    conditions: [
      { type: "one-of", member: "work_queue_id", values: queueIds },
      {
        type: "any",
        conditions: [
          { type: "is-missing", member: "last_polled", expected: true },
          { type: "at-most", member: "last_polled", value: writtenBefore },
          { type: "equals", member: "status", value: "NOT_READY" },
        ],
      },
    ],
  };
}
