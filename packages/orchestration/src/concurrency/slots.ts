/** The arithmetic of concurrency limits: pure functions from a limit and an instant to the members that change. */
import type { ConcurrencyLimit } from "@sluice/protocol";
import { addSeconds, compareTimestamps, secondsBetween } from "../timestamp.ts";

/** How long a slot is assumed to be held before any was given back. */
export const FIRST_OCCUPANCY_SECONDS = 2;
/** Below it, averages would have clients ask without a pause. */
const MIN_OCCUPANCY_SECONDS = 0.1;
/** The average is one over about so many times the slots of the limit. */
const OCCUPANCY_SAMPLES_PER_SLOT = 2;
const MAX_WAIT_SECONDS = 30;
const MAX_TAG_WAIT_SECONDS = 10;
/** Waits differ by so much to either side, so that those who were refused together do not come back together. */
const WAIT_SPREAD = 0.3;

export type SlotChanges = Pick<ConcurrencyLimit, "active_slots" | "denied_slots" | "updated"> &
  Partial<Pick<ConcurrencyLimit, "avg_slot_occupancy_seconds">>;

/**
 * The books of a limit at an instant, after what came free by itself. Slots come free whole; `updated` moves on by the
 * time these took and not to the instant, so that being looked at often does not keep a limit from decaying.
 */
export function settle(limit: ConcurrencyLimit, now: string): SlotChanges {
  const decays = limit.slot_decay_per_second > 0;
  const rate = decays ? limit.slot_decay_per_second : 1 / waitPerSlot(limit);
  const freed = Math.floor(rate * Math.max(0, secondsBetween(limit.updated, now)));
  const active = decays ? Math.max(0, limit.active_slots - freed) : limit.active_slots;
  const denied = Math.max(0, limit.denied_slots - freed);
  const isSettled = denied === 0 && (active === 0 || !decays);
  const moved = addSeconds(limit.updated, freed / rate);
  return {
    active_slots: active,
    denied_slots: denied,
    updated: isSettled || compareTimestamps(moved, now) > 0 ? now : moved,
  };
}

/** What is free at an instant; all of a limit that is not enforced. */
export function freeSlots(limit: ConcurrencyLimit, now: string): number {
  return limit.active ? limit.limit - settle(limit, now).active_slots : limit.limit;
}

export function takenSlots(limit: ConcurrencyLimit, slots: number, now: string): SlotChanges {
  const settled = settle(limit, now);
  return { ...settled, active_slots: settled.active_slots + slots };
}

export function deniedSlots(limit: ConcurrencyLimit, slots: number, now: string): SlotChanges {
  const settled = settle(limit, now);
  return { ...settled, denied_slots: settled.denied_slots + slots };
}

/** `occupancySeconds` is how long all of them together were held, where that is known. */
export function returnedSlots(
  limit: ConcurrencyLimit,
  slots: number,
  occupancySeconds: number | undefined,
  now: string,
): SlotChanges {
  const settled = settle(limit, now);
  const returned = { ...settled, active_slots: Math.max(0, settled.active_slots - slots) };
  if (occupancySeconds === undefined) return returned;
  const sample = Math.max(MIN_OCCUPANCY_SECONDS, occupancySeconds / slots);
  const average = limit.avg_slot_occupancy_seconds;
  const samples = Math.max(1, limit.limit) * OCCUPANCY_SAMPLES_PER_SLOT;
  return { ...returned, avg_slot_occupancy_seconds: average + (sample - average) / samples };
}

/** When those who were refused `slots` should ask again; `chance` is a number from 0 to 1. */
export function waitSeconds(limits: readonly ConcurrencyLimit[], slots: number, chance: number): number {
  const average = Math.max(MIN_OCCUPANCY_SECONDS, ...limits.map((limit) => averageWait(limit, slots)));
  return average * (1 - WAIT_SPREAD + 2 * WAIT_SPREAD * chance);
}

/** A number from 0 to 1 from the random end of an id. */
export function chanceOf(id: string): number {
  return Number.parseInt(id.slice(-8), 16) / 0xffff_ffff;
}

function averageWait(limit: ConcurrencyLimit, slots: number): number {
  const wanted = slots + limit.denied_slots;
  if (limit.slot_decay_per_second > 0) return wanted / limit.slot_decay_per_second;
  return Math.min(maxWait(limit), (waitPerSlot(limit) * wanted) / Math.max(1, limit.limit));
}

function waitPerSlot(limit: ConcurrencyLimit): number {
  return Math.min(maxWait(limit), Math.max(MIN_OCCUPANCY_SECONDS, limit.avg_slot_occupancy_seconds));
}

function maxWait({ name }: ConcurrencyLimit): number {
  return name.startsWith("tag:") ? MAX_TAG_WAIT_SECONDS : MAX_WAIT_SECONDS;
}
