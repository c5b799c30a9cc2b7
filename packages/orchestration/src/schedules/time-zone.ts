/** Wall clocks of the zones of the IANA database, as the platform knows them. */
import { InvalidRequestError } from "@sluice/protocol";

const DAY = 86_400_000_000;
const zones = new Map<string, TimeZone>();

/**
 * A zone whose wall clock is read and set. Wall clocks are microseconds since 1970 as if the zone were UTC, instants
 * are microseconds since the epoch.
 */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;

  constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
  }

  /** What the wall clock shows at an instant. */
  wallClock(instant: number): number {
    return instant + this.#offset(instant);
  }

  /**
   * When the wall clock shows this. A time that comes twice is the first of the two; a time that is skipped is as much
   * later as the clock was put forward (RFC 5545, section 3.3.5).
   */
  instant(wallClock: number): number {
    const before = this.#offset(wallClock - DAY);
    const after = this.#offset(wallClock + DAY);
    const early = wallClock - before;
    if (before === after || this.#offset(early) === before) return early;
    const late = wallClock - after;
    return this.#offset(late) === after ? late : early;
  }

  #offset(instant: number): number {
    const milliseconds = Math.floor(instant / 1000);
    const shown = new Map(
      this.#format.formatToParts(milliseconds).map(({ type, value }) => [type, Number(value)]),
    );
    const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
    const shownAt = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    );
    return (shownAt - Math.floor(milliseconds / 1000) * 1000) * 1000;
  }
}

/**
 * The zone of this name; null is UTC.
 * @throws {InvalidRequestError} when there is none.
 */
export function timeZone(name: string | null): TimeZone {
  const key = name === null || name === "" ? "UTC" : name;
  const known = zones.get(key);
  if (known !== undefined) return known;
  const zone = new TimeZone(openZone(key));
  // As many as there are zones, since other names are refused.
  zones.set(key, zone);
  return zone;
}

function openZone(name: string): Intl.DateTimeFormat {
  const [year, month, day, hour, minute, second] = Array<"numeric">(6).fill("numeric");
  try {
    // Offsets such as +05:30 are no zones: they would make the number of names boundless.
    if (!/^[a-z]/iu.test(name)) throw new RangeError("not a name");
    return new Intl.DateTimeFormat("en-US-u-ca-iso8601", {
      timeZone: name,
      hourCycle: "h23",
      year,
      month,
      day,
      hour,
      minute,
      second,
    });
  } catch (error) {
    throw new InvalidRequestError(
      `The schedule's timezone "${name}" is not known. Use a name of the IANA database, such as America/New_York.`,
      { cause: error },
    );
  }
}
