/** One text for all values that mean the same: the order of properties, of Map entries and of Set members does not count. */
import { createHash } from "node:crypto";
import { types } from "node:util";
import { richTypeOf } from "../serializers/rich-types.ts";
import { explainUnserializable, textOf } from "../serializers/unserializable.ts";
import { kindOf } from "../serializers/value-kind.ts";
import { mapStep, type PathStep, pathText } from "../serializers/value-path.ts";
import { UnhashableValueError } from "./unhashable-value-error.ts";

/** Longer texts of parts are hashed, so that a part that occurs often does not multiply. */
const MAX_PART_LENGTH = 2048;

/** Thrown and caught in this file only. */
class CycleFound extends Error {}

/**
 * The text of a value. What occurs twice reads like two equal things, except in a value that contains itself: there, repeated
 * objects are told by their number, and the order of Map entries and Set members counts.
 *
 * @throws {UnhashableValueError} when something in the value has no content that could be compared
 */
export function canonicalText(value: unknown, rootName: string): string {
  try {
    return new CanonicalWriter(rootName, new TreeReferences()).write(value);
  } catch (error) {
    if (!(error instanceof CycleFound)) throw error;
    return new CanonicalWriter(rootName, new GraphReferences()).write(value);
  }
}

/** What to write for an object that was met before, if anything. */
interface References {
  readonly hasOrder: boolean;
  /** @throws {CycleFound} when the object is being written and cycles are not expected */
  enter(value: object): string | undefined;
  leave(value: object, text: string): void;
}

class TreeReferences implements References {
  readonly hasOrder = false;
  readonly #texts = new Map<object, string | undefined>();

  enter(value: object): string | undefined {
    const known = this.#texts.get(value);
    if (known === undefined && this.#texts.has(value)) throw new CycleFound();
    this.#texts.set(value, known);
    return known;
  }

  leave(value: object, text: string): void {
    this.#texts.set(value, text);
  }
}

class GraphReferences implements References {
  readonly hasOrder = true;
  readonly #numbers = new Map<object, number>();

  enter(value: object): string | undefined {
    const number = this.#numbers.get(value);
    if (number !== undefined) return `ref(${number})`;
    this.#numbers.set(value, this.#numbers.size);
    return undefined;
  }

  leave(): void {
    // The number stays for the whole value.
  }
}

class CanonicalWriter {
  readonly #rootName: string;
  readonly #references: References;
  readonly #path: PathStep[] = [];
  #reportDepth = 0;

  constructor(rootName: string, references: References) {
    this.#rootName = rootName;
    this.#references = references;
  }

  write(value: unknown): string {
    switch (typeof value) {
      case "string":
        return JSON.stringify(value);
      case "number":
        return Object.is(value, -0) ? "-0" : String(value);
      case "bigint":
        return `${value}n`;
      case "boolean":
      case "undefined":
        return String(value);
      case "object":
        return value === null ? "null" : this.#object(value);
      case "function":
      case "symbol":
        return this.#refuse(value);
    }
  }

  #object(value: object): string {
    const known = this.#references.enter(value);
    if (known !== undefined) return known;
    const text = shortened(this.#contents(value));
    this.#references.leave(value, text);
    return text;
  }

  #contents(value: object): string {
    const kind = kindOf(value);
    if (Array.isArray(value) && kind === "array") return this.#array(value);
    if (kind === "object") return this.#plainObject(value);
    if (types.isMap(value) && kind === "map") return `Map${this.#entries(value)}`;
    if (types.isSet(value) && kind === "set") return `Set${this.#members(value)}`;
    if (types.isDate(value) && kind === "date") return `Date(${value.getTime()})`;
    if (types.isRegExp(value) && kind === "regexp") return `RegExp(${value})`;
    if (types.isArrayBuffer(value) && kind === "buffer") return `bytes(${hashOf(new Uint8Array(value))})`;
    return this.#rich(value);
  }

  #rich(value: object): string {
    const type = richTypeOf(value);
    if (type === undefined) return this.#refuse(value);
    if (type.isReport === true) this.#reportDepth += 1;
    const payload = type.identify === undefined ? type.encode(value) : type.identify(value);
    const text = payload instanceof Map ? this.#properties([...payload]) : this.write(payload);
    if (type.isReport === true) this.#reportDepth -= 1;
    return `${type.name}(${text})`;
  }

  #array(items: readonly unknown[]): string {
    const texts: string[] = [];
    for (let index = 0; index < items.length; index += 1) {
      if (!Object.hasOwn(items, index)) return this.#sparseArray(items);
      texts.push(this.#step(index, items[index]));
    }
    return `[${texts.join(",")}]`;
  }

  /** Costs what is in it, not its length. */
  #sparseArray(items: readonly unknown[]): string {
    const texts = Object.keys(items).map(
      (index) => `${index}:${this.#step(Number(index), items[Number(index)])}`,
    );
    return `sparse(${items.length})[${texts.join(",")}]`;
  }

  #plainObject(value: object): string {
    const symbol = Object.getOwnPropertySymbols(value).find((key) =>
      Object.prototype.propertyIsEnumerable.call(value, key),
    );
    if (symbol !== undefined) this.#step({ text: `[${String(symbol)}]` }, symbol);
    return this.#properties(Object.entries(value));
  }

  #properties(properties: [name: string, value: unknown][]): string {
    const sorted = properties.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${this.#step(name, value)}`).join(",")}}`;
  }

  #entries(map: ReadonlyMap<unknown, unknown>): string {
    const texts = Array.from(
      map,
      ([key, value]) => `${this.#step({ text: ".keys()" }, key)}=>${this.#step(mapStep(key), value)}`,
    );
    return `{${this.#ordered(texts)}}`;
  }

  #members(set: ReadonlySet<unknown>): string {
    return `{${this.#ordered(Array.from(set, (member) => this.#step({ text: ".values()" }, member)))}}`;
  }

  #ordered(texts: string[]): string {
    return (this.#references.hasOrder ? texts : texts.sort()).join(",");
  }

  #step(step: PathStep, value: unknown): string {
    this.#path.push(step);
    const text = this.write(value);
    this.#path.pop();
    return text;
  }

  #refuse(value: unknown): string {
    if (this.#reportDepth > 0) return `text(${JSON.stringify(textOf(value))})`;
    throw new UnhashableValueError(pathText(this.#rootName, this.#path), explainUnserializable(value).what);
  }
}

function shortened(text: string): string {
  return text.length > MAX_PART_LENGTH ? `hash(${hashOf(text)})` : text;
}

function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
