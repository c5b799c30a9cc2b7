/**
 * The dialect of cron expressions that Prefect speaks (croniter's): five fields, then a second and a year if wanted,
 * names in any case, ranges that go over the end (`fri-mon`), `L` for the last day, `L5` for the last Friday, `2#3` for
 * the third Tuesday. It is rewritten as plain lists, which croner reads the same way.
 */
import { InvalidRequestError } from "@sluice/protocol";

interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const MINUTE: CronField = { name: "minute", min: 0, max: 59 };
const HOUR: CronField = { name: "hour", min: 0, max: 23 };
const DAY: CronField = { name: "day", min: 1, max: 31 };
const MONTH: CronField = { name: "month", min: 1, max: 12, names: MONTHS };
const WEEKDAY: CronField = { name: "weekday", min: 0, max: 6, names: WEEKDAYS };
const SECOND: CronField = { name: "second", min: 0, max: 59 };
const YEAR: CronField = { name: "year", min: 1970, max: 2099 };

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
]);

/**
 * The expression with its second first and its year last, as croner reads it.
 * @throws {InvalidRequestError} that names the field.
 */
export function cronPattern(cron: string): string {
  const text = cron.trim().toLowerCase();
  const fields = (ALIASES.get(text) ?? text).split(/\s+/u);
  const [minute = "", hour = "", day = "", month = "", weekday = "", second = "0", year = "*"] = fields;
  if (fields.length < 5 || fields.length > 7) {
    throw new InvalidRequestError(
      `The cron schedule "${cron}" has ${fields.length} fields. Write minute, hour, day, month and weekday, then second and year if wanted, or an alias such as @daily.`,
    );
  }
  const pattern = [
    expand(second, SECOND),
    expand(minute, MINUTE),
    expand(hour, HOUR),
    expand(day, DAY),
    expand(month, MONTH),
    expand(weekday, WEEKDAY),
    expand(year, YEAR),
  ];
  return pattern.join(" ");
}

/** One field as `*` or a list without ranges, steps and names. */
function expand(text: string, field: CronField): string {
  if (text === "*" || (text === "?" && (field === DAY || field === WEEKDAY))) return "*";
  const values = text.split(",").flatMap((element) => expandElement(element, field));
  if (values.includes("*")) return "*";
  const numbered = values.filter((value) => value.includes("#"));
  if (numbered.length > 0 && numbered.length < values.length) {
    throw unreadable(field, text, "either weekdays or numbered weekdays such as 2#3, not both");
  }
  return [...new Set(values)].join(",");
}

function expandElement(element: string, field: CronField): string[] {
  if (element === "*") return ["*"];
  if (element === "l" && field === DAY) return ["L"];
  if (field === WEEKDAY) {
    const last = /^l(\d+)$/u.exec(element)?.[1];
    if (last !== undefined) return [`${toValue(last, field)}#L`];
    const [, weekdays, nth] = /^([^#]+)#([1-5])$/u.exec(element) ?? [];
    if (weekdays !== undefined) return expandRange(weekdays, field).map((day) => `${day}#${nth}`);
  }
  return expandRange(element, field).map(String);
}

/** `a`, `a-b`, `a-b/n`, `a/n` (from a to the greatest) or `a step of everything`. */
function expandRange(element: string, field: CronField): number[] {
  const [, first, last, stepText] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/u.exec(element) ?? [];
  const step = Number(stepText ?? 1);
  if (first === undefined || step === 0 || (first === "*" && last !== undefined)) {
    throw unreadable(field, element, "a value, a list, a range such as 1-5 or a step such as */2");
  }
  if (first === "*") return steps(field, { low: field.min, high: field.max, step });
  const low = toValue(first, field);
  if (last === undefined)
    return stepText === undefined ? [low] : steps(field, { low, high: field.max, step });
  const high = last === "l" && field === DAY ? field.max : toValue(last, field);
  // A range from a value to itself goes once round.
  return low === high
    ? steps(field, { low: field.min, high: field.max, step })
    : steps(field, { low, high, step });
}

function steps(field: CronField, range: { low: number; high: number; step: number }): number[] {
  const { low, high, step } = range;
  const span = field.max - field.min + 1;
  const end = high < low ? high + span : high;
  const values: number[] = [];
  for (let value = low; value <= end; value += step) values.push(value > field.max ? value - span : value);
  return values;
}

function toValue(text: string, field: CronField): number {
  const name = field.names?.indexOf(text) ?? -1;
  if (name >= 0) return name + field.min;
  const value = /^\d+$/u.test(text) ? Number(text) : Number.NaN;
  if (field === WEEKDAY && value === 7) return 0;
  if (value >= field.min && value <= field.max) return value;
  const names = field.names === undefined ? "" : ` or ${field.names.join(", ")}`;
  throw unreadable(field, text, `${field.min} to ${field.max}${names}`);
}

function unreadable(field: CronField, text: string, expected: string): InvalidRequestError {
  return new InvalidRequestError(
    `The ${field.name} of a cron schedule cannot be "${text}". Use ${expected}.`,
  );
}
