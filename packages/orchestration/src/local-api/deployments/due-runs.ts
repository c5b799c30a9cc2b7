/** The runs of deployments that are due, for those who run them by themselves. */
import type { ScheduledRunsRequest } from "@sluice/protocol";
import type { Condition } from "../../conditions.ts";
import { DEFAULT_LIMIT } from "../../filters/run-queries.ts";
import type { Store } from "../../store.ts";
import type { StoredDeployment, StoredFlowRun } from "../../stored-nouns.ts";
import { addSeconds, canonicalTimestamp } from "../../timestamp.ts";
import { markDeploymentsPolled } from "../../work-pools/mark-polled.ts";
import type { LocalContext } from "../local-context.ts";

/** Polls come often; that they came is written this often. */
const POLLED_SECONDS = 5;

/** Oldest first; without runs that the process that began them tries again itself. */
export async function listDueRuns(store: Store, request: ScheduledRunsRequest): Promise<StoredFlowRun[]> {
  const conditions: Condition<StoredFlowRun>[] = [
    { type: "one-of", member: "deployment_id", values: request.deployment_ids },
    { type: "one-of", member: "state_type", values: ["SCHEDULED"] },
  ];
  if (request.scheduled_before != null) {
    const value = canonicalTimestamp(request.scheduled_before);
    conditions.push({ type: "at-most", member: "next_scheduled_start_time", value });
  }
  const runs = await store.flowRuns.list({
    where: { type: "all", conditions },
    orderBy: [{ member: "next_scheduled_start_time", direction: "asc" }],
    limit: request.limit ?? DEFAULT_LIMIT,
  });
  return runs.filter((run) => run.empirical_policy.retry_type !== "in_process");
}

/** Notes that somebody polls these deployments: they are READY. */
export async function markPolled(
  context: LocalContext,
  deploymentIds: readonly string[],
  options: { readonly signal?: AbortSignal | undefined } | undefined,
): Promise<void> {
  const where: Condition<StoredDeployment> = {
    type: "all",
    conditions: [
      { type: "one-of", member: "id", values: deploymentIds },
      {
        type: "any",
        conditions: [
          { type: "equals", member: "status", value: "NOT_READY" },
          { type: "is-missing", member: "last_polled", expected: true },
          { type: "at-most", member: "last_polled", value: addSeconds(context.now(), -POLLED_SECONDS) },
        ],
      },
    ],
  };
  if (deploymentIds.length === 0 || (await context.store.objects("deployment").count(where)) === 0) return;
  await context.transaction(options, async (store, moment) => {
    const deployments = await store.objects("deployment").list({ where, lock: "skip" });
    await markDeploymentsPolled(store, deployments, moment);
  });
}
