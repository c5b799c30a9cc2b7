/** Reads the text of a recurrence rule schedule as Python's dateutil does, whose dialect is Prefect's. */
import { InvalidRequestError } from "@sluice/protocol";

/** The start of rules that name none, Prefect's too. */
const DEFAULT_START = "20200101T000000";
const RULE_PARTS: ReadonlySet<string> = new Set(
  "FREQ INTERVAL COUNT UNTIL WKST BYSETPOS BYMONTH BYMONTHDAY BYYEARDAY BYWEEKNO BYDAY BYHOUR BYMINUTE BYSECOND".split(
    " ",
  ),
);

/** What a text says. Times are `20260131T090000`: times of the wall clock, since a zone in the text does not count. */
export interface RecurrenceText {
  readonly start: string;
  /** Parts of each rule by name; without DTSTART. */
  readonly rules: readonly ReadonlyMap<string, string>[];
  readonly excludedRules: readonly ReadonlyMap<string, string>[];
  readonly dates: readonly string[];
  readonly excludedDates: readonly string[];
}

/** The text with a DTSTART, so that its dates do not depend on when it is read. */
export function withStart(rrule: string): string {
  return /DTSTART/iu.test(rrule) ? rrule : `DTSTART:${DEFAULT_START}\n${rrule}`;
}

/** @throws {InvalidRequestError} that names the line or part that cannot be read. */
export function readRecurrence(rrule: string): RecurrenceText {
  const rules: ReadonlyMap<string, string>[] = [];
  const excludedRules: ReadonlyMap<string, string>[] = [];
  const dates: string[] = [];
  const excludedDates: string[] = [];
  let start = DEFAULT_START;
  for (const line of rrule.toUpperCase().split(/\s+/u).filter(Boolean)) {
    const [, name = "RRULE", value = line] = /^([A-Z]+)(?:;[^:]*)?:(.*)$/u.exec(line) ?? [];
    if (name === "RRULE") rules.push(readRule(value));
    else if (name === "EXRULE") excludedRules.push(readRule(value));
    else if (name === "RDATE") dates.push(...value.split(",").map(readTime));
    else if (name === "EXDATE") excludedDates.push(...value.split(",").map(readTime));
    else if (name === "DTSTART") start = readTime(value);
    else throw unreadable(line, "Its lines are DTSTART, RRULE, EXRULE, RDATE and EXDATE.");
  }
  if (rules.length === 0 && dates.length === 0) {
    throw unreadable(rrule, "It needs an RRULE such as FREQ=DAILY, or an RDATE.");
  }
  return { start, rules, excludedRules, dates, excludedDates };
}

function readRule(text: string): ReadonlyMap<string, string> {
  const parts = new Map<string, string>();
  for (const part of text.split(";")) {
    const [, written = "", value = ""] = /^([A-Z]+)=(.+)$/u.exec(part) ?? [];
    const name = written === "BYWEEKDAY" ? "BYDAY" : written;
    if (!RULE_PARTS.has(name))
      throw unreadable(part, `The parts of a rule are ${[...RULE_PARTS].join(", ")}.`);
    parts.set(name, name === "UNTIL" ? readTime(value) : value);
  }
  if (!parts.has("FREQ")) throw unreadable(text, "It needs a FREQ, such as FREQ=DAILY.");
  return parts;
}

function readTime(text: string): string {
  const [, day, time = "000000"] =
    /^(\d{8})(?:T(\d{4}(?:\d{2})?))?Z?$/u.exec(text.replace(/[-:]/gu, "")) ?? [];
  const read = `${day}T${time.padEnd(6, "0")}`;
  if (day === undefined || !isTime(read)) throw unreadable(text, "Write times as 20260131T090000.");
  return read;
}

/** Whether the calendar and the clock have such a time. */
function isTime(text: string): boolean {
  const [, date, time] = /^(\d{8})T(\d{6})$/u.exec(text) ?? [];
  const iso = `${date?.replace(/(\d{4})(\d{2})/u, "$1-$2-")}T${time?.replace(/(\d{2})(\d{2})/u, "$1:$2:")}.000Z`;
  const instant = Date.parse(iso);
  return !Number.isNaN(instant) && new Date(instant).toISOString() === iso;
}

/** The refusal of a text, or of a piece of it. */
export function unreadable(text: string, advice: string, cause?: unknown): InvalidRequestError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new InvalidRequestError(`The rrule schedule cannot be followed at "${shown}". ${advice}`, { cause });
}
