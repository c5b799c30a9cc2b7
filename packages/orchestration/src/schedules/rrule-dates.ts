/** The dates of recurrence rules. */
import type { RRuleSchedule } from "@sluice/protocol";
import { type RecurrenceText, readRecurrence, unreadable } from "./rrule-text.ts";
import { timeZone } from "./time-zone.ts";

type RuleParts = RecurrenceText["rules"][number];

interface Rule {
  /** The first date after an instant, or at it. Milliseconds of the wall clock. */
  next(from: number, isIncluded: boolean): number | undefined;
}

/** How many dates of the rules one call looks at, excluded ones too. */
const MAX_CANDIDATES = 5000;
/** How long one call may go through dates: nothing else runs meanwhile. */
const MAX_SEARCH_MS = 1000;
/** How many periods of a rule one step looks at; 3,000 take at most a second, and reach far beyond what is planned. */
const MAX_PERIODS = 3000;

/** Periods that are equally long on the wall clock, in milliseconds. */
const LINEAR_PERIODS: ReadonlyMap<string, number> = new Map([
  ["SECONDLY", 1000],
  ["MINUTELY", 60_000],
  ["HOURLY", 3_600_000],
  ["DAILY", 86_400_000],
  ["WEEKLY", 7 * 86_400_000],
]);

/**
 * Gives the dates from an instant on, in microseconds, as far as there are any. Rules are followed on the wall clock,
 * those of hours and minutes too; what comes twice in autumn is given twice and counts once.
 */
export async function openRRule(schedule: RRuleSchedule): Promise<(from: number) => Generator<number>> {
  const zone = timeZone(schedule.timezone);
  const text = readRecurrence(schedule.rrule);
  const open = await openRule(text.start);
  const rules = text.rules.map(open);
  const excludedRules = text.excludedRules.map(open);
  const dates = text.dates.map(toMilliseconds).toSorted((a, b) => a - b);
  const excludedDates = new Set(text.excludedDates.map(toMilliseconds));
  const isExcluded = (date: number) =>
    excludedDates.has(date) || excludedRules.some((rule) => rule.next(date, true) === date);
  return function* occurrences(from) {
    const wallFrom = Math.ceil(zone.wallClock(from) / 1000);
    const given = dates.filter((date) => date >= wallFrom).values();
    let left = MAX_CANDIDATES;
    const startedAt = performance.now();
    for (const date of inOrder([...rules.map((rule) => datesOfRule(rule, wallFrom)), given])) {
      left -= 1;
      if (left < 0 || performance.now() - startedAt > MAX_SEARCH_MS) {
        throw unreadable(schedule.rrule, "It excludes more dates than can be gone through. Exclude fewer.");
      }
      if (!isExcluded(date)) yield zone.instant(date * 1000);
    }
  };
}

/** Makes rules of one start. The library works on the wall clock, as if that were UTC. */
async function openRule(start: string): Promise<(parts: RuleParts) => Rule> {
  const { RRuleTemporal } = await import("rrule-temporal");
  return (parts) => {
    const text = [...withUntil(parts, start)].map(([name, value]) => `${name}=${value}`).join(";");
    const rule = readable(
      text,
      () =>
        new RRuleTemporal({ rruleString: `DTSTART:${start}Z\nRRULE:${text}`, maxIterations: MAX_PERIODS }),
    );
    return {
      next: (from, isIncluded) =>
        readable(text, () => rule.next(new Date(from), isIncluded)?.epochMilliseconds),
    };
  };
}

/** What the library makes of a rule; it gives up on one that it would have to follow for too long. */
function readable<T>(text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\.$/u, "") : String(error);
    throw unreadable(
      text,
      `${reason}. Correct this rule, or let it end by UNTIL instead of a large COUNT.`,
      error,
    );
  }
}

/** The rule's end as a time: also of a rule that counts, where that can be told without following it. */
function withUntil(parts: RuleParts, start: string): RuleParts {
  const ended = new Map(parts);
  const until = parts.get("UNTIL");
  if (until !== undefined) return ended.set("UNTIL", `${until}Z`);
  const period = LINEAR_PERIODS.get(parts.get("FREQ") ?? "");
  const count = Number(parts.get("COUNT"));
  const interval = Number(parts.get("INTERVAL") ?? 1);
  const isPlain = ![...parts.keys()].some((name) => name.startsWith("BY"));
  const end = new Date(toMilliseconds(start) + (count - 1) * interval * (period ?? Number.NaN));
  if (!isPlain || !(count >= 1) || Number.isNaN(end.getTime())) return ended;
  ended.delete("COUNT");
  return ended.set("UNTIL", `${end.toISOString().slice(0, 19).replace(/[-:]/gu, "")}Z`);
}

function* datesOfRule(rule: Rule, from: number): Generator<number> {
  let date = rule.next(from, true);
  while (date !== undefined) {
    yield date;
    date = rule.next(date, false);
  }
}

/** What several ascending sequences give, as one. */
function* inOrder(sequences: readonly Iterator<number>[]): Generator<number> {
  const heads = sequences.map((sequence) => ({ sequence, head: sequence.next() }));
  for (;;) {
    const first = heads
      .filter(({ head }) => head.done !== true)
      .reduce<(typeof heads)[number] | undefined>(
        (least, next) => (least === undefined || next.head.value < least.head.value ? next : least),
        undefined,
      );
    if (first === undefined) return;
    yield first.head.value;
    first.head = first.sequence.next();
  }
}

function toMilliseconds(time: string): number {
  const [year, month, day, hour, minute, second] = [
    time.slice(0, 4),
    time.slice(4, 6),
    time.slice(6, 8),
    time.slice(9, 11),
    time.slice(11, 13),
    time.slice(13, 15),
  ].map(Number) as [number, number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
