/** Deletes flows, with everything that belongs to them. */
import type { ApiCallOptions } from "@sluice/protocol";
import { deleteListedFlowRuns } from "./delete-flow-run.ts";
import type { LocalContext } from "./local-context.ts";
import { LocalDeployments } from "./local-deployments.ts";
import { tellLifecycle } from "./tell.ts";

const BATCH = 50;

/** Run by run, so that nobody waits for a flow that had very many; the flow goes last, when nothing refers to it any more. */
export async function deleteFlow(
  context: LocalContext,
  id: string,
  options: ApiCallOptions | undefined,
): Promise<void> {
  const deployments = new LocalDeployments(context);
  for (;;) {
    for (const deployment of await deployments.filter({ flows: { id: { any_: [id] } } }, options)) {
      await deployments.delete(deployment.id, options);
    }
    await deleteRuns(context, id, options);
    const isDone = await context.transaction(options, async (store, moment) => {
      const flow = await store.flows.find(id);
      if (flow === undefined) return true;
      // Runs that were created meanwhile found the flow, and are there since this transaction has it.
      const ofFlow = { type: "equals", member: "flow_id", value: id } as const;
      if ((await store.flowRuns.list({ where: ofFlow, limit: 1 })).length > 0) return false;
      if ((await store.objects("deployment").list({ where: ofFlow, limit: 1 })).length > 0) return false;
      await store.flows.delete(id);
      tellLifecycle({ kind: "flow", action: "deleted", id, name: flow.name }, moment);
      return true;
    });
    if (isDone) return;
  }
}

async function deleteRuns(
  context: LocalContext,
  id: string,
  options: ApiCallOptions | undefined,
): Promise<void> {
  const where = { type: "equals", member: "flow_id", value: id } as const;
  for (;;) {
    const runs = await context.store.flowRuns.list({ where, limit: BATCH });
    await deleteListedFlowRuns(context, runs, options);
    if (runs.length < BATCH) return;
  }
}
