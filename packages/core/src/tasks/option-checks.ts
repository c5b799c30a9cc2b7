/** Checks the options of flows and tasks where they are defined, so that a wrong one is told before anything runs. */
import { SERIALIZER_NAMES } from "../serializers/resolve-serializer.ts";
import { closestName } from "../settings/closest-name.ts";
import { InvalidOptionError } from "./invalid-option-error.ts";

/** What a value must be, in words for the message, and the test. */
export interface OptionCheck {
  readonly mustBe: string;
  accepts(value: unknown): boolean;
}

export type OptionChecks = Readonly<Record<string, OptionCheck>>;

/**
 * @throws {InvalidOptionError} naming what is defined, the option, its value and what is allowed.
 */
export function checkOptions(what: string, options: object, checks: OptionChecks): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const check = checks[name];
    if (check === undefined) {
      const closest = closestName(name, Object.keys(checks));
      const hint =
        closest === undefined
          ? `Options are: ${Object.keys(checks).join(", ")}.`
          : `Did you mean ${closest}?`;
      throw new InvalidOptionError(`${what} has no option "${name}". ${hint}`);
    }
    if (!check.accepts(value)) {
      throw new InvalidOptionError(`${what}: option ${name} must be ${check.mustBe}, not ${shown(value)}.`);
    }
  }
}

/** A name that becomes part of paths and routes. */
export const nameCheck: OptionCheck = {
  mustBe: "a non-empty string without / % & > <",
  accepts: (value) => typeof value === "string" && /^[^/%&><]+$/.test(value),
};
export const textCheck: OptionCheck = { mustBe: "a string", accepts: (value) => typeof value === "string" };
export const booleanCheck: OptionCheck = {
  mustBe: "true or false",
  accepts: (value) => typeof value === "boolean",
};
export const functionCheck: OptionCheck = {
  mustBe: "a function",
  accepts: (value) => typeof value === "function",
};
export const countCheck: OptionCheck = {
  mustBe: "a whole number ≥ 0",
  accepts: (value) => typeof value === "number" && Number.isInteger(value) && value >= 0,
};
export const positiveCountCheck: OptionCheck = {
  mustBe: "a whole number ≥ 1",
  accepts: (value) => typeof value === "number" && Number.isInteger(value) && value >= 1,
};
export const positiveSecondsCheck: OptionCheck = {
  mustBe: "a number of seconds > 0",
  accepts: (value) => typeof value === "number" && value > 0,
};
export const secondsCheck: OptionCheck = { mustBe: "a number of seconds ≥ 0", accepts: isSeconds };
export const delaysCheck: OptionCheck = {
  mustBe: "a number of seconds ≥ 0, a non-empty list of them, or a function of the retry's number",
  accepts: (value) =>
    isSeconds(value) ||
    typeof value === "function" ||
    (Array.isArray(value) && value.length > 0 && value.every(isSeconds)),
};
export const hooksCheck: OptionCheck = {
  mustBe: "a function or a list of functions",
  accepts: (value) =>
    typeof value === "function" ||
    (Array.isArray(value) && value.every((hook) => typeof hook === "function")),
};
export const nameTemplateCheck: OptionCheck = {
  mustBe: "a template string or a function",
  accepts: (value) => (typeof value === "string" && value !== "") || typeof value === "function",
};
export const tagsCheck: OptionCheck = {
  mustBe: "a list of strings",
  accepts: (value) => Array.isArray(value) && value.every((tag) => typeof tag === "string"),
};
export const signalCheck: OptionCheck = {
  mustBe: "an AbortSignal",
  accepts: (value) => value instanceof AbortSignal,
};
export const serializerCheck: OptionCheck = {
  mustBe: `a serializer or one of ${SERIALIZER_NAMES.map((name) => `"${name}"`).join(", ")}`,
  accepts: (value) =>
    typeof value === "string" ? SERIALIZER_NAMES.includes(value) : hasMethods(value, "dumps", "loads"),
};
export const storageCheck: OptionCheck = {
  mustBe: "a FileSystem, or the reference of a block such as s3-bucket/results",
  accepts: (value) =>
    typeof value === "string" ? /^[a-z0-9-]+\/[a-z0-9-]+$/.test(value) : hasMethods(value, "read", "write"),
};

export function hasMethods(value: unknown, ...names: string[]): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === "function")
  );
}

function isSeconds(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && Number.isFinite(value);
}

function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null)
    return `an object of class ${value.constructor?.name ?? "null"}`;
  return JSON.stringify(value) ?? String(value);
}
