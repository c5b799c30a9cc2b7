/** From what a variable or a file says to the value of a setting. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { closestName } from "./closest-name.ts";
import type { PlainSetting } from "./settings.ts";
import type { SettingDefinition } from "./settings-schema.ts";
import { isTomlTable } from "./toml.ts";

/** A value that was understood, or what was expected instead, as the end of a sentence. */
export type ParsedSetting =
  | { readonly ok: true; readonly value: PlainSetting }
  | { readonly ok: false; readonly expected: string };

export interface ParsePlaces {
  /** What a relative path is relative to. */
  readonly baseDirectory: string;
  /** What `{home}` stands for. */
  readonly home: string;
}

/** The longest timer there is: 2^31 - 1 milliseconds. A longer one would fire at once. */
const MAX_SECONDS = 2_147_483;

const TRUE_WORDS: readonly string[] = ["true", "1", "yes", "on"];
const FALSE_WORDS: readonly string[] = ["false", "0", "no", "off"];

/** Understands a raw value (text of a variable, or a TOML value) as `definition` says. */
export function parseSetting(
  definition: SettingDefinition,
  raw: unknown,
  places: ParsePlaces,
): ParsedSetting {
  switch (definition.type) {
    case "string":
    case "connection":
      return typeof raw === "string" && raw !== "" ? ok(raw) : expected("a text");
    case "url":
      return parseUrl(raw);
    case "path":
      return parsePath(raw, places);
    case "boolean":
      return parseBoolean(raw);
    case "integer":
      return parseNumber(raw, {
        minimum: definition.minimum,
        maximum: Number.MAX_SAFE_INTEGER,
        isInteger: true,
      });
    case "seconds":
      return parseNumber(raw, { minimum: definition.minimum, maximum: MAX_SECONDS, isInteger: false });
    case "numbers":
      return parseNumbers(raw, definition.minimum);
    case "enum":
      return parseChoice(raw, definition.choices);
  }
}

/** A bad value as an error message may show it: short, and without a password. */
export function displayRaw(definition: SettingDefinition, raw: unknown): string {
  if (definition.isSecret) return "****";
  const text = typeof raw === "string" ? JSON.stringify(raw) : describeType(raw);
  const shown = definition.type === "url" ? text.replace(/\/\/[^/]*@/, "//****@") : text;
  return shown.length > 200 ? `${shown.slice(0, 200)}…` : shown;
}

function parseUrl(raw: unknown): ParsedSetting {
  const url = typeof raw === "string" && URL.canParse(raw) ? new URL(raw) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return expected("a URL such as http://127.0.0.1:4200/api");
  }
  // fetch refuses such URLs, and they end up in logs.
  if (url.username !== "" || url.password !== "") {
    return expected("a URL without user and password; those belong into api.auth_string");
  }
  return ok(String(raw).replace(/\/+$/, ""));
}

function parsePath(raw: unknown, places: ParsePlaces): ParsedSetting {
  if (typeof raw !== "string" || raw === "" || raw.includes("\0")) return expected("a path");
  const path = raw.replaceAll("{home}", () => places.home);
  const isInUserDirectory = path === "~" || path.startsWith("~/") || path.startsWith("~\\");
  return ok(isInUserDirectory ? join(homedir(), path.slice(1)) : resolve(places.baseDirectory, path));
}

function parseBoolean(raw: unknown): ParsedSetting {
  if (typeof raw === "boolean") return ok(raw);
  const word = typeof raw === "string" ? raw.trim().toLowerCase() : "";
  if (TRUE_WORDS.includes(word)) return ok(true);
  if (FALSE_WORDS.includes(word)) return ok(false);
  return expected("true or false");
}

interface NumberRange {
  readonly minimum: number;
  readonly maximum: number;
  readonly isInteger: boolean;
}

function parseNumber(raw: unknown, range: NumberRange): ParsedSetting {
  const value = numberOf(raw);
  const isInRange = value !== undefined && value >= range.minimum && value <= range.maximum;
  if (isInRange && (!range.isInteger || Number.isInteger(value))) return ok(value);
  const noun = range.isInteger ? "a whole number" : "a number of seconds";
  return expected(`${noun} from ${range.minimum} to ${range.maximum}`);
}

function parseNumbers(raw: unknown, minimum: number): ParsedSetting {
  const numbers = new Map<string, number>();
  const entries =
    typeof raw === "string" ? pairsOf(raw) : isTomlTable(raw) ? Object.entries(raw) : [["", raw]];
  for (const [name, value] of entries) {
    const number = numberOf(value);
    if (!name || number === undefined || !Number.isSafeInteger(number) || number < minimum) {
      return expected(`name=number,name=number with whole numbers from ${minimum}`);
    }
    numbers.set(String(name), number);
  }
  return ok(Object.freeze(Object.fromEntries(numbers)));
}

/** `a=1,b=2`; a name may have `=` in it. */
function pairsOf(text: string): [string, string][] {
  const parts = text.split(",").map((part) => part.trim());
  return parts.map((part) => {
    const end = part.lastIndexOf("=");
    return end < 0 ? [part, ""] : [part.slice(0, end).trim(), part.slice(end + 1).trim()];
  });
}

function numberOf(raw: unknown): number | undefined {
  if (typeof raw === "number" || typeof raw === "bigint") return Number(raw);
  // Decimal only: Number() alone would take "", "0x1F" and " ".
  if (typeof raw !== "string" || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(raw.trim())) return undefined;
  return Number(raw);
}

function parseChoice(raw: unknown, choices: readonly string[]): ParsedSetting {
  const word = typeof raw === "string" ? raw.trim().toLowerCase() : "";
  if (choices.includes(word)) return ok(word);
  const suggestion = word === "" ? undefined : closestName(word, choices);
  const question = suggestion === undefined ? "" : ` (did you mean ${suggestion}?)`;
  return expected(`one of ${choices.join(", ")}${question}`);
}

function describeType(raw: unknown): string {
  if (Array.isArray(raw)) return "a list";
  if (raw instanceof Date) return "a date";
  return typeof raw === "object" ? "a table" : String(raw);
}

function ok(value: PlainSetting): ParsedSetting {
  return { ok: true, value };
}

function expected(text: string): ParsedSetting {
  return { ok: false, expected: text };
}
