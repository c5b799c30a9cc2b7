/** What clients ask of several limits at once. */
import {
  type ApiCallOptions,
  type ConcurrencyHolder,
  type ConcurrencyLimit,
  InvalidRequestError,
  SlotsTakenError,
} from "@sluice/protocol";
import type { LocalContext, Moment } from "../local-api/local-context.ts";
import type { Store } from "../store.ts";
import { holdLimitsByName, takeSlots } from "./held-limits.ts";
import { openLease } from "./leases.ts";
import { chanceOf, waitSeconds } from "./slots.ts";

export interface SlotsWanted {
  readonly slots: number;
  readonly names: readonly string[];
  readonly mode?: "concurrency" | "rate_limit" | undefined;
  /** Holds the slots; without it they are held until they are given back by name. */
  readonly lease?:
    | { readonly id: string; readonly seconds: number | null; readonly holder: ConcurrencyHolder | null }
    | undefined;
}

/**
 * Takes slots of all the limits of these names, or of none; gives the limits, with those that are not enforced.
 * @throws {SlotsTakenError} when one has too few free.
 * @throws {InvalidRequestError} when one never has as many, or gives none back for a rate.
 */
export async function requestSlots(
  context: LocalContext,
  wanted: SlotsWanted,
  options: ApiCallOptions | undefined,
): Promise<ConcurrencyLimit[]> {
  const { limits, areTaken } = await context.transaction(options, (store, moment) =>
    attempt(store, wanted, moment),
  );
  // What was refused is counted, so the transaction stands.
  if (areTaken) return limits;
  const enforced = limits.filter((limit) => limit.active);
  const seconds = waitSeconds(enforced, wanted.slots, chanceOf(context.newId()));
  const names = enforced.map(({ name }) => name).join(", ");
  throw new SlotsTakenError(
    `Fewer than ${wanted.slots} slots are free in ${names}. Ask again later.`,
    seconds,
  );
}

async function attempt(
  store: Store,
  { slots, names, mode, lease }: SlotsWanted,
  moment: Moment,
): Promise<{ limits: ConcurrencyLimit[]; areTaken: boolean }> {
  const limits = await holdLimitsByName(store, names);
  const enforced = limits.filter((limit) => limit.active);
  for (const limit of enforced) requirePossible(limit, slots, mode);
  const areTaken = await takeSlots(store, { limits: enforced, slots }, moment);
  if (areTaken && lease !== undefined) await openLease(store, { ...lease, limits: enforced, slots }, moment);
  return { limits, areTaken };
}

function requirePossible(limit: ConcurrencyLimit, slots: number, mode: SlotsWanted["mode"]): void {
  if (limit.limit < slots) {
    throw new InvalidRequestError(
      `Slots requested is greater than the limit: ${limit.name} has ${limit.limit}, asked for were ${slots}.`,
    );
  }
  if (mode === "rate_limit" && limit.slot_decay_per_second === 0) {
    throw new InvalidRequestError(
      `The limit ${limit.name} cannot limit a rate, as its slots do not come free by themselves. Give it a slot_decay_per_second.`,
    );
  }
}
