/** Spans of time with their unit in the name. */

/** The sum of its members: `{ hours: 1, minutes: 30 }`. */
export interface Duration {
  readonly days?: number | undefined;
  readonly hours?: number | undefined;
  readonly minutes?: number | undefined;
  readonly seconds?: number | undefined;
}

const SECONDS: Readonly<Record<keyof Duration, number>> = {
  days: 86_400,
  hours: 3_600,
  minutes: 60,
  seconds: 1,
};

/** Whether a value has the members of a duration only, each a finite number ≥ 0, and at least one. */
export function isDuration(value: unknown): value is Duration {
  if (typeof value !== "object" || value === null) return false;
  const members = Object.entries(value).filter(([, count]) => count !== undefined);
  return (
    members.length > 0 && members.every(([unit, count]) => Object.hasOwn(SECONDS, unit) && isCount(count))
  );
}

/** The length of a duration in seconds. */
export function secondsOf(duration: Duration): number {
  let total = 0;
  for (const unit of UNITS) total += SECONDS[unit] * (duration[unit] ?? 0);
  return total;
}

const UNITS = ["days", "hours", "minutes", "seconds"] as const satisfies readonly (keyof Duration)[];

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
