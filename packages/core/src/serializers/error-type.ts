/** Errors as they are carried: built-in classes come back as themselves, others as the built-in class they extend. */
import { types } from "node:util";
import type { RichType } from "./rich-type.ts";

/** Own properties that are carried by name; the other enumerable ones are fields. */
const NAMED = new Set(["name", "message", "stack", "cause", "errors"]);

const BUILT_IN: ReadonlyMap<string, new (message: string) => Error> = new Map([
  ["Error", Error],
  ["EvalError", EvalError],
  ["RangeError", RangeError],
  ["ReferenceError", ReferenceError],
  ["SyntaxError", SyntaxError],
  ["TypeError", TypeError],
  ["URIError", URIError],
]);

interface ErrorPayload {
  readonly class: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Absent when the error has none; its `cause` may be undefined nevertheless. */
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/**
 * Name, message, stack, cause, the errors of an `AggregateError`, and own enumerable fields such as `code`.
 */
export const errorType: RichType = {
  name: "Error",
  matches: isError,
  isReport: true,
  encode: payloadOf,
  identify: (error: Error) => ({ ...payloadOf(error), stack: undefined }),
  create: (payload: ErrorPayload) => emptyError(payload),
  fill(error: Error, payload: ErrorPayload) {
    if (error.name !== payload.name) defineHidden(error, "name", payload.name);
    defineHidden(error, "stack", payload.stack);
    if ("cause" in payload) defineHidden(error, "cause", payload.cause);
    if ("errors" in payload) defineHidden(error, "errors", payload.errors);
    for (const [name, value] of Object.entries(payload.fields)) {
      Object.defineProperty(error, name, { value, enumerable: true, configurable: true, writable: true });
    }
  },
};

function isError(value: object): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

function payloadOf(error: Error): ErrorPayload {
  return {
    class: builtInClassOf(error),
    name: String(error.name),
    message: String(error.message),
    stack: typeof error.stack === "string" ? error.stack : undefined,
    fields: fieldsOf(error),
    ...(Object.hasOwn(error, "cause") ? { cause: error.cause } : {}),
    ...("errors" in error && Array.isArray(error.errors) ? { errors: error.errors } : {}),
  };
}

function fieldsOf(error: Error): Record<string, unknown> {
  return Object.fromEntries(Object.entries(error).filter(([name]) => !NAMED.has(name)));
}

function builtInClassOf(error: Error): string {
  if (error instanceof DOMException) return "DOMException";
  for (
    let prototype = Object.getPrototypeOf(error);
    prototype !== null;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const name: unknown = Object.hasOwn(prototype, "constructor") ? prototype.constructor.name : undefined;
    if (typeof name === "string" && (BUILT_IN.has(name) || name === "AggregateError")) return name;
  }
  return "Error";
}

function emptyError(payload: ErrorPayload): Error {
  if (payload.class === "DOMException") return new DOMException(payload.message, payload.name);
  if (payload.class === "AggregateError") return new AggregateError([], payload.message);
  return new (BUILT_IN.get(payload.class) ?? Error)(payload.message);
}

/** As the constructor of an error does it: there, but not enumerated. */
function defineHidden(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: false, configurable: true, writable: true });
}
