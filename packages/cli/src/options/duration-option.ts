/** Spans of time on the command line. */
import { InvalidArgumentError } from "commander";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 };
const FORM = /^(?:\d+(?:\.\d+)?(?:min|[smhdw]))+$/;
const PART = /(\d+(?:\.\d+)?)(min|[smhdw])/g;

/** Seconds above 0 of `90`, `90s`, `15m`, `1h30m`, `2d` or `1w`. */
export function parseDuration(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : FORM.test(text) ? sumOfParts(text) : 0;
  if (seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new InvalidArgumentError("It takes a span of time above 0, such as 90s, 15m, 1h30m or 2d.");
}

function sumOfParts(text: string): number {
  return Array.from(
    text.matchAll(PART),
    ([, count, unit = ""]) => Number(count) * (SECONDS[unit] ?? 0),
  ).reduce((sum, part) => sum + part, 0);
}
