/** Parameters as history shows them: plain JSON, small, without secrets. */
import { processRedactor } from "../logging/redactor.ts";
import { Secret } from "../logging/secret.ts";
import { isRecord } from "./flow-parameters.ts";

export interface RecordedParameters {
  readonly parameters: Record<string, unknown>;
  /** Names of the parameters that could not be kept as they are, so that a retry from history needs them given again. */
  readonly inexact: readonly string[];
}

const MAX_PARAMETER_BYTES = 256 * 1024;
/** Prefect's servers refuse runs with more than 512 kB of parameters, counted in ASCII; names take some of it. */
const MAX_ASCII_BYTES = 500 * 1024;
const BYTES_PER_ESCAPE = 6;
const MAX_DEPTH = 20;
/** A member takes two bytes at least. */
const MAX_MEMBERS = MAX_PARAMETER_BYTES / 2;

/**
 * Never throws: what JSON cannot hold is replaced by a word about it. A date is kept as text, which counts as exact only
 * if `hasSchema`: then a schema reads the text or refuses it when the run is retried.
 */
export function recordedParameters(given: unknown, hasSchema: boolean): RecordedParameters {
  const parameters: Record<string, unknown> = {};
  const inexact: string[] = [];
  const record = isRecord(given) ? given : {};
  let room = MAX_ASCII_BYTES;
  for (const name of Object.keys(record)) {
    const projection = new Projection(hasSchema);
    const shown = projection.ofMember(record, name, 0);
    // A parameter that is undefined is one that was not given.
    if (shown === undefined) continue;
    const { bytes, asciiBytes } = projection.hasTooMany ? UNBOUNDED : sizeOf(shown);
    const isTooLarge = bytes > MAX_PARAMETER_BYTES || asciiBytes > room;
    if (!isTooLarge) room -= asciiBytes;
    parameters[name] = isTooLarge ? `<${sizeText(bytes)}, not kept>` : shown;
    if (isTooLarge || !projection.isExact) inexact.push(name);
  }
  return { parameters, inexact };
}

const TOO_MUCH = Number.POSITIVE_INFINITY;

const UNBOUNDED = { bytes: TOO_MUCH, asciiBytes: TOO_MUCH };

/** Of a value as JSON, and as JSON with every character that is not of ASCII written as an escape. */
function sizeOf(shown: unknown): typeof UNBOUNDED {
  const json = JSON.stringify(shown);
  let escapes = 0;
  for (let index = 0; index < json.length; index += 1) if (json.charCodeAt(index) > 0x7f) escapes += 1;
  return { bytes: json.length, asciiBytes: json.length + escapes * (BYTES_PER_ESCAPE - 1) };
}

function sizeText(bytes: number): string {
  return bytes === TOO_MUCH
    ? `more than ${MAX_PARAMETER_BYTES / 1024} kB`
    : `${(bytes / 1024).toFixed(0)} kB`;
}

class Projection {
  isExact = true;
  #members = 0;
  readonly #hasSchema: boolean;
  readonly #ancestors = new Set<object>();

  constructor(hasSchema: boolean) {
    this.#hasSchema = hasSchema;
  }

  /** Whether there was more than can be kept; what references unfold to has no bound otherwise. */
  get hasTooMany(): boolean {
    return this.#members > MAX_MEMBERS;
  }

  /** A member of an object; a getter that throws is not given the chance to fail the run. */
  ofMember(object: object, key: string, depth: number): unknown {
    let value: unknown;
    try {
      value = Reflect.get(object, key);
    } catch (error) {
      return this.#inexact(`<unreadable: ${String(error)}>`);
    }
    return value === undefined ? undefined : this.of(value, depth);
  }

  of(value: unknown, depth: number): unknown {
    if (typeof value === "string") return this.#ofText(value);
    if (typeof value === "boolean" || value === null) return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (value === undefined) return this.#nothing();
    if (value instanceof Date && !Number.isNaN(value.getTime())) return this.#asText(value.toISOString());
    if (value instanceof Secret) return this.#inexact("****");
    if (typeof value !== "object") return this.#inexact(`<${typeof value} ${String(value).slice(0, 100)}>`);
    if (this.#ancestors.has(value) || depth > MAX_DEPTH) return this.#inexact("<…>");
    this.#members += Array.isArray(value) ? value.length : 1;
    if (this.hasTooMany) return this.#inexact("<…>");
    this.#ancestors.add(value);
    const shown = this.#ofObject(value, depth);
    this.#ancestors.delete(value);
    return shown;
  }

  #ofObject(value: object, depth: number): unknown {
    if (Array.isArray(value)) return value.map((member) => this.of(member, depth + 1));
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return Object.fromEntries(
        Object.keys(value)
          .map((key) => [key, this.ofMember(value, key, depth + 1)])
          .filter(([, shown]) => shown !== undefined),
      );
    }
    if (value instanceof URL) return this.#asText(value.href);
    return this.#inexact(`<${value.constructor?.name ?? "object"}>`);
  }

  #ofText(text: string): string {
    const shown = processRedactor.redact(text);
    return shown === text ? text : this.#inexact(shown);
  }

  /** `undefined` in an array. */
  #nothing(): null {
    this.isExact = false;
    return null;
  }

  /** A value that only a schema turns into what it was. */
  #asText(text: string): string {
    return this.#hasSchema ? text : this.#inexact(text);
  }

  #inexact(shown: string): string {
    this.isExact = false;
    return shown;
  }
}
