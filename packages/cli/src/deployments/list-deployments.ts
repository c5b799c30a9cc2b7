/** Lists deployments by name. */
import type { DeploymentQuery } from "@sluice/protocol";
import type { JsonOptions } from "../global-options.ts";
import { listUpTo } from "../history/pages.ts";
import type { HistoryContext } from "../history/with-history.ts";
import { fullName, type NamedDeployment, withFlowNames } from "./find-deployment.ts";
import { scheduleText } from "./schedule-text.ts";

export interface DeploymentListOptions extends JsonOptions {
  readonly limit: number;
  readonly flowName?: string;
  readonly pool?: string;
  readonly tag?: readonly string[];
}

/** Writes them as a table or JSON. */
export async function listDeployments(
  options: DeploymentListOptions,
  { api, printer }: HistoryContext,
): Promise<void> {
  const found = await listUpTo(options.limit, (range) =>
    api.deployments.filter({ ...queryOf(options), ...range }),
  );
  const deployments = await withFlowNames(api, found);
  if (options.json) {
    printer.json(deployments);
    return;
  }
  printer.table({
    columns: ["NAME", "RUNS IN", "SCHEDULES", "STATUS", "ID"],
    rows: deployments.map((deployment) => [
      fullName(deployment),
      placeText(deployment),
      deployment.schedules.map(scheduleText).join(", "),
      statusText(deployment),
      deployment.id,
    ]),
    colorOf: (row, column) =>
      column === 3 && deployments[row] !== undefined ? statusColor(deployments[row]) : undefined,
  });
  if (deployments.length === 0) printer.hint(`There are no such deployments in ${api.location}.`);
  if (deployments.length === options.limit) printer.hint(`The first ${options.limit}; --limit shows more.`);
}

/** Where its runs wait: `pool/queue`, or whoever serves the deployment by itself. */
export function placeText({ work_pool_name: pool, work_queue_name: queue }: NamedDeployment): string {
  if (pool === null) return "served by itself";
  return queue === null || queue === "default" ? pool : `${pool}/${queue}`;
}

/** `paused`, or whether anybody asks for its runs. */
export function statusText({ paused, status }: NamedDeployment): string {
  if (paused) return "paused";
  return status === "READY" ? "ready" : "not ready";
}

/** The colour of its status. */
export function statusColor({ paused, status }: NamedDeployment): "yellow" | "green" | "dim" {
  if (paused) return "yellow";
  return status === "READY" ? "green" : "dim";
}

function queryOf({ flowName, pool, tag }: DeploymentListOptions): DeploymentQuery {
  return {
    flows: flowName === undefined ? undefined : { name: { any_: [flowName] } },
    work_pools: pool === undefined ? undefined : { name: { any_: [pool] } },
    deployments: tag === undefined ? undefined : { tags: { all_: [...tag] } },
    sort: "NAME_ASC",
  };
}
