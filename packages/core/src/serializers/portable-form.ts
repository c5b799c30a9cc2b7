/**
 * Values as trees and graphs of nothing but what every serialiser knows: primitives, arrays, plain objects, Map, Set, Date, RegExp,
 * ArrayBuffer. Anything else is a tag in its place.
 */
import { types } from "node:util";
import { richTypeOf } from "./rich-types.ts";
import { SerializationError } from "./serialization-error.ts";
import { textOf, unserializable } from "./unserializable.ts";
import { kindOf } from "./value-kind.ts";
import { mapStep, type PathStep, pathText } from "./value-path.ts";

/** Stands for an object of a rich type. */
export interface Tag {
  readonly type: string;
  payload: unknown;
}

/**
 * A value and all tags in it. The tags are the very objects inside the value, so a serialiser that keeps references keeps apart
 * what is a tag and what only looks like one.
 */
export type PortableForm = readonly [value: unknown, ...tags: readonly Tag[]];

/**
 * The portable form of a value; shared and cyclic references stay such.
 *
 * @throws {SerializationError} when something in the value cannot be carried
 */
export function toPortable(value: unknown, rootName: string): PortableForm {
  return new PortableEncoder(rootName).encode(value);
}

class PortableEncoder {
  readonly #rootName: string;
  readonly #copies = new Map<object, object>();
  readonly #tags: Tag[] = [];
  readonly #path: PathStep[] = [];
  /** Tags whose payload is not complete and which cannot be made without it. */
  readonly #open = new Set<object>();
  /** How many errors the current value is inside of. */
  #reportDepth = 0;

  constructor(rootName: string) {
    this.#rootName = rootName;
  }

  encode(value: unknown): PortableForm {
    return [this.#carry(value), ...this.#tags];
  }

  #carry(value: unknown): unknown {
    const kind = kindOf(value);
    if (kind === "primitive" || kind === "date" || kind === "regexp" || kind === "buffer") return value;
    if (typeof value !== "object" || value === null) return this.#refuse(value);
    const copy = this.#copies.get(value);
    if (copy !== undefined) return this.#known(copy);
    if (Array.isArray(value) && kind === "array") return this.#array(value);
    if (types.isMap(value) && kind === "map") return this.#map(value);
    if (types.isSet(value) && kind === "set") return this.#set(value);
    return kind === "object" && !Object.hasOwn(value, "__proto__") ? this.#object(value) : this.#tag(value);
  }

  #step(step: PathStep, value: unknown): unknown {
    this.#path.push(step);
    const carried = this.#carry(value);
    this.#path.pop();
    return carried;
  }

  #known(copy: object): object {
    if (!this.#open.has(copy)) return copy;
    throw new SerializationError(
      `${pathText(this.#rootName, this.#path)} leads back to the object that it is stored for. Let encode, as given to registerSerializable, leave that reference out.`,
    );
  }

  /** Holes stay holes. A mostly empty array costs what is in it, not its length. */
  #array(source: readonly unknown[]): unknown[] {
    const copy: unknown[] = [];
    this.#copies.set(source, copy);
    for (let index = 0; index < source.length; index += 1) {
      if (!Object.hasOwn(source, index)) return this.#sparseArray(source, copy);
      copy.push(this.#step(index, source[index]));
    }
    return copy;
  }

  #sparseArray(source: readonly unknown[], copy: unknown[]): unknown[] {
    const firstMissing = copy.length;
    copy.length = source.length;
    for (const key of Object.keys(source)) {
      const index = Number(key);
      if (Number.isInteger(index) && index >= firstMissing) copy[index] = this.#step(index, source[index]);
    }
    return copy;
  }

  #object(source: object): object {
    const [symbol] = Object.getOwnPropertySymbols(source).filter((key) =>
      Object.prototype.propertyIsEnumerable.call(source, key),
    );
    if (symbol !== undefined) this.#step({ text: `[${String(symbol)}]` }, symbol);
    const copy: Record<string, unknown> = {};
    this.#copies.set(source, copy);
    for (const [name, value] of Object.entries(source)) copy[name] = this.#step(name, value);
    return copy;
  }

  #map(source: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
    const copy = new Map<unknown, unknown>();
    this.#copies.set(source, copy);
    for (const [key, value] of source) {
      copy.set(this.#step({ text: ".keys()" }, key), this.#step(mapStep(key), value));
    }
    return copy;
  }

  #set(source: ReadonlySet<unknown>): Set<unknown> {
    const copy = new Set<unknown>();
    this.#copies.set(source, copy);
    for (const value of source) copy.add(this.#step({ text: ".values()" }, value));
    return copy;
  }

  #tag(source: object): unknown {
    const type = richTypeOf(source);
    if (type === undefined) return this.#refuse(source);
    const tag: Tag = { type: type.name, payload: undefined };
    this.#copies.set(source, tag);
    this.#tags.push(tag);
    if (type.fill === undefined) this.#open.add(tag);
    if (type.isReport === true) this.#reportDepth += 1;
    const payload = type.encode(source);
    tag.payload = payload instanceof Map ? this.#properties(payload) : this.#carry(payload);
    if (type.isReport === true) this.#reportDepth -= 1;
    this.#open.delete(tag);
    return tag;
  }

  #properties(source: ReadonlyMap<string, unknown>): Map<string, unknown> {
    return new Map(Array.from(source, ([name, value]) => [name, this.#step(name, value)]));
  }

  #refuse(value: unknown): string {
    if (this.#reportDepth > 0) return textOf(value);
    throw unserializable(value, pathText(this.#rootName, this.#path));
  }
}
