/** Saying why a value cannot be carried, and what to do about it. */
import { inspect } from "node:util";
import { SerializationError } from "./serialization-error.ts";

const MAX_TEXT_LENGTH = 200;

export interface Explanation {
  /** Completes "… is". */
  readonly what: string;
  readonly remedy: string;
}

/** The error for a value that cannot be carried, at a path such as `result.items[3].handler`. */
export function unserializable(value: unknown, path: string): SerializationError {
  const { what, remedy } = explainUnserializable(value);
  return new SerializationError(`${path} is ${what}, which cannot be serialized. ${remedy}`, {
    details: { path },
  });
}

/** What stands for such a value inside an error. */
export function textOf(value: unknown): string {
  const text = inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}

/** What the value is, and what to do to get it through. */
export function explainUnserializable(value: unknown): Explanation {
  if (typeof value === "function") {
    const name = value.name === "" ? "a function" : `the function ${value.name}`;
    return { what: name, remedy: "Leave it out, or pass data from which the function can be made again." };
  }
  if (typeof value === "symbol") {
    return { what: `the symbol ${String(value)}`, remedy: "Use a string instead." };
  }
  if (isThenable(value)) {
    return { what: `a promise or future (${className(value)})`, remedy: "Await it first." };
  }
  const name = className(value);
  return {
    what: `an instance of ${name}`,
    remedy: `Turn it into plain data, or register its class: registerSerializable(${name}, { name, encode, decode }).`,
  };
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function className(value: unknown): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== "object" || prototype === null) return "no class";
  const { name } = prototype.constructor;
  return name === "" ? "an unnamed class" : name;
}
