/** A value that does not show itself. */
import { inspect } from "node:util";
import { processRedactor, REDACTED } from "./redactor.ts";

/** How deep texts are looked for inside a secret that is an object or a list. */
const MAX_DEPTH = 5;

/**
 * Wraps a secret so that printing, templating, inspecting or serialising it gives `****`. Making one also hides its text,
 * or every text inside it, in all log lines of the process.
 *
 * ```ts
 * const token = new Secret("ghp_…");
 * log.info("Calling", { token });                     // token=****
 * await fetch(url, { headers: { authorization: `Bearer ${token.reveal()}` } });
 * ```
 */
export class Secret<T = string> {
  readonly #value: T;

  /** `hidden` is what of it log lines must not show, where that is not all of it. */
  constructor(value: T, hidden: unknown = value) {
    this.#value = value;
    registerTexts(hidden, this, MAX_DEPTH);
  }

  /** The value itself. Call it at the place of use, and keep the `Secret` elsewhere. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  static {
    // Not a method with a computed name, whose declaration would need inference.
    Object.defineProperty(Secret.prototype, inspect.custom, { value: () => REDACTED });
  }
}

function registerTexts(value: unknown, owner: object, depth: number): void {
  if (typeof value === "string") processRedactor.register(value, owner);
  else if (typeof value === "number" || typeof value === "bigint") {
    processRedactor.register(String(value), owner);
  } else if (depth > 0 && typeof value === "object" && value !== null && !(value instanceof Secret)) {
    const members = value instanceof Map || value instanceof Set ? value.values() : Object.values(value);
    for (const member of members) registerTexts(member, owner, depth - 1);
  }
}
