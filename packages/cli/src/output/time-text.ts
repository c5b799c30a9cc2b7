/** Instants and durations as people see them. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const UNITS = [
  { ms: DAY_MS, word: "d" },
  { ms: HOUR_MS, word: "h" },
  { ms: MINUTE_MS, word: "min" },
  { ms: SECOND_MS, word: "s" },
] as const;

/** Now, for relative times, and whether a person reads them. */
export interface TimeFormat {
  readonly now: Date;
  /** Relative (`3 min ago`) for people; otherwise the instant as the wire has it. */
  readonly isTerminal: boolean;
}

/** An instant of the wire; nothing for none. */
export function timeText(instant: string | null | undefined, { now, isTerminal }: TimeFormat): string {
  if (instant === null || instant === undefined) return "";
  if (!isTerminal) return instant;
  const agoMs = now.getTime() - Date.parse(instant);
  const distance = relativeText(Math.abs(agoMs));
  if (distance === undefined) return "now";
  return agoMs < 0 ? `in ${distance}` : `${distance} ago`;
}

/** An instant of the wire to the second, in local time for people; nothing for none. */
export function clockText(instant: string | null | undefined, { isTerminal }: TimeFormat): string {
  if (instant === null || instant === undefined) return "";
  if (!isTerminal) return instant;
  const time = new Date(instant);
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** An instant with how long ago it was, for people. */
export function clockAndAgeText(instant: string | null | undefined, format: TimeFormat): string {
  const clock = clockText(instant, format);
  return clock === "" || !format.isTerminal ? clock : `${clock} (${timeText(instant, format)})`;
}

/** The one unit that says it best, rounded down; `undefined` below a second. */
function relativeText(ms: number): string | undefined {
  const unit = UNITS.find((candidate) => ms >= candidate.ms);
  return unit === undefined ? undefined : `${Math.floor(ms / unit.ms)} ${unit.word}`;
}

/** `12 ms`, `4.2 s`, `1 min 12 s`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  const ms = seconds * SECOND_MS;
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < MINUTE_MS) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ${Math.floor((ms % MINUTE_MS) / SECOND_MS)} s`;
  return `${Math.floor(ms / HOUR_MS)} h ${Math.floor((ms % HOUR_MS) / MINUTE_MS)} min`;
}
