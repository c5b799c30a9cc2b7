/** The slots of a deployment's limit that its runs hold. */
import type { ConcurrencyLimit } from "@sluice/protocol";
import type { Moment } from "../local-api/local-context.ts";
import type { Store } from "../store.ts";
import type { StoredDeployment, StoredFlowRun } from "../stored-nouns.ts";
import { slotLeaseId } from "../transition.ts";
import type { DeploymentConcurrency, ProposedState, SlotChange } from "../verdict.ts";
import { takeSlots } from "./held-limits.ts";
import { extendLease, openLease } from "./leases.ts";
import { freeSlots } from "./slots.ts";

/** How long a run may take from its slot to RUNNING unless the deployment says so. */
const DEFAULT_GRACE_SECONDS = 300;

/** The limit, which stays as it is until the transaction ends, and what rules may know of it. */
export interface HeldConcurrency {
  readonly limit: ConcurrencyLimit;
  readonly facts: DeploymentConcurrency;
}

/** Looks up the limit of a run's deployment where it matters for what is proposed. */
export async function holdConcurrency(
  store: Store,
  { run, state }: { readonly run: StoredFlowRun; readonly state: ProposedState },
  moment: Pick<Moment, "now">,
): Promise<HeldConcurrency | undefined> {
  if (run.deployment_id === null || !matters(run, state)) return undefined;
  // Listed and not found, as every run of the deployment would wait for each other's transaction otherwise.
  const [deployment] = await store
    .objects("deployment")
    .list({ where: { type: "equals", member: "id", value: run.deployment_id }, limit: 1 });
  if (deployment === undefined || deployment.concurrency_limit_id === null) return undefined;
  const limit = await store.objects("concurrency_limit").find(deployment.concurrency_limit_id);
  if (limit === undefined || !limit.active) return undefined;
  return { limit, facts: await factsOf(store, { run, deployment, limit }, moment) };
}

/** Carries out what the rules decided on the run's slot. */
export async function changeSlot(
  store: Store,
  change: SlotChange,
  { run, limit }: { readonly run: StoredFlowRun; readonly limit: ConcurrencyLimit },
  moment: Moment,
): Promise<void> {
  const { leaseSeconds: seconds } = change;
  if (change.type === "keep") {
    const id = slotLeaseId(run);
    if (id !== null) await extendLease(store, { id, seconds }, moment);
    return;
  }
  await takeSlots(store, { limits: [limit], slots: 1 }, moment);
  const holder = { type: "flow_run", id: run.id } as const;
  await openLease(store, { id: change.leaseId, limits: [limit], slots: 1, seconds, holder }, moment);
}

/** A slot is taken before PENDING, looked at when leaving it, and counted when a run is late. */
function matters(run: StoredFlowRun, { type, name }: ProposedState): boolean {
  if (type === "PENDING") return run.state?.type !== "PENDING";
  if (type === "RUNNING" || type === "CANCELLING")
    return run.state?.type === "PENDING" && slotLeaseId(run) !== null;
  return type === "SCHEDULED" && name === "Late";
}

async function factsOf(
  store: Store,
  { run, deployment, limit }: { run: StoredFlowRun; deployment: StoredDeployment; limit: ConcurrencyLimit },
  { now }: Pick<Moment, "now">,
): Promise<DeploymentConcurrency> {
  const leaseId = slotLeaseId(run);
  const options = deployment.concurrency_options;
  return {
    limit: limit.limit,
    freeSlots: freeSlots(limit, now),
    holdsSlot: leaseId !== null && (await store.objects("concurrency_lease").find(leaseId)) !== undefined,
    collisionStrategy: options?.collision_strategy ?? "ENQUEUE",
    graceSeconds: options?.grace_period_seconds ?? DEFAULT_GRACE_SECONDS,
  };
}
