/** Spans of time with their unit in the name. */
import { InvalidOptionError } from "./invalid-option-error.ts";

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

/** The length of a duration in seconds. */
export function secondsOf(duration: Duration): number {
  let total = 0;
  for (const [unit, count] of Object.entries(duration)) {
    const factor = SECONDS[unit as keyof Duration];
    if (factor === undefined || typeof count !== "number" || !(count >= 0)) {
      throw new InvalidOptionError(
        `A duration has the members days, hours, minutes and seconds, each a number ≥ 0; got ${JSON.stringify(duration)}.`,
      );
    }
    total += factor * count;
  }
  return total;
}
