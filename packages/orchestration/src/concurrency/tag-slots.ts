/** The slots of tags that task runs hold whose states the server decides. */
import type { ConcurrencyLimit, StateType } from "@sluice/protocol";
import type { Moment } from "../local-api/local-context.ts";
import type { Store } from "../store.ts";
import type { StoredTaskRun } from "../stored-nouns.ts";
import type { ProposedState, SlotChange, TagLimit } from "../verdict.ts";
import { holdLimitsByName, takeSlots } from "./held-limits.ts";
import { endLease, leasesOf, openLease } from "./leases.ts";
import { chanceOf, freeSlots, waitSeconds } from "./slots.ts";

const PREFIX = "tag:";
const HOLDING_TYPES: readonly StateType[] = ["RUNNING", "CANCELLING"];

/** The limits of a run's tags, which stay as they are until the transaction ends, and what rules may know of them. */
export interface HeldTags {
  readonly limits: readonly ConcurrencyLimit[];
  readonly facts: readonly TagLimit[];
}

/** Looks up the limits that are enforced, where they matter for what is proposed; a run that runs has its slots. */
export async function holdTagLimits(
  store: Store,
  { run, state }: { readonly run: StoredTaskRun; readonly state: ProposedState },
  moment: Moment,
): Promise<HeldTags | undefined> {
  if (state.type !== "RUNNING" || isHolding(run.state?.type) || run.tags.length === 0) return undefined;
  const limits = (await holdLimitsByName(store, namesOf(run))).filter((limit) => limit.active);
  const facts = limits.map((limit) => ({
    tag: limit.name.slice(PREFIX.length),
    limit: limit.limit,
    freeSlots: freeSlots(limit, moment.now),
    waitSeconds: waitSeconds([limit], 1, chanceOf(moment.newId())),
  }));
  return { limits, facts };
}

/** Takes a slot of each tag until the run leaves it. */
export async function takeTagSlots(
  store: Store,
  { leaseId: id, leaseSeconds: seconds }: Extract<SlotChange, { readonly type: "take" }>,
  { run, limits }: { readonly run: StoredTaskRun; readonly limits: readonly ConcurrencyLimit[] },
  moment: Moment,
): Promise<void> {
  await takeSlots(store, { limits, slots: 1 }, moment);
  await openLease(store, { id, limits, slots: 1, seconds, holder: { type: "task_run", id: run.id } }, moment);
}

/** Gives back what a run holds, however it came by it, when it stops to run; without a state when it is deleted. */
export async function releaseTagSlots(
  store: Store,
  { run, state }: { readonly run: StoredTaskRun; readonly state?: Pick<ProposedState, "type"> },
  moment: Moment,
): Promise<void> {
  if (run.tags.length === 0 || !isHolding(run.state?.type) || isHolding(state?.type)) return;
  const limits = await store
    .objects("concurrency_limit")
    .list({ where: { type: "one-of", member: "name", values: namesOf(run) } });
  const leases = await leasesOf(
    store,
    limits.map(({ id }) => id),
  );
  for (const { id, holder } of leases) if (holder?.id === run.id) await endLease(store, id, moment);
}

/** Gives back what the task runs of a flow run hold, which is deleted with them. */
export async function releaseTagSlotsOf(store: Store, flowRunId: string, moment: Moment): Promise<void> {
  const runs = await store.taskRuns.list({
    where: {
      type: "all",
      conditions: [
        { type: "equals", member: "flow_run_id", value: flowRunId },
        { type: "one-of", member: "state_type", values: HOLDING_TYPES },
        { type: "is-empty", member: "tags", expected: false },
      ],
    },
  });
  for (const run of runs) await releaseTagSlots(store, { run }, moment);
}

function isHolding(type: StateType | undefined): boolean {
  return type !== undefined && HOLDING_TYPES.includes(type);
}

function namesOf({ tags }: StoredTaskRun): string[] {
  return tags.map((tag) => `${PREFIX}${tag}`);
}
