/** From a portable form, fresh from a serialiser, back to the value. */
import type { Tag } from "./portable-form.ts";
import { richTypeNamed } from "./rich-types.ts";
import { SerializationError } from "./serialization-error.ts";

/**
 * The value of a portable form. The form is used up: its containers become those of the value.
 *
 * @throws {SerializationError} when it is no portable form or has a type that is not known here
 */
export function fromPortable(form: unknown): unknown {
  if (!Array.isArray(form) || form.length === 0) {
    throw new SerializationError(
      "The bytes do not hold a serialized value. They may come from another program.",
    );
  }
  const [value, ...tags]: unknown[] = form;
  return tags.length === 0 ? value : new PortableDecoder(tags).decode(value);
}

class PortableDecoder {
  readonly #tags: ReadonlySet<unknown>;
  readonly #values = new Map<object, object>();
  readonly #visited = new Set<object>();

  constructor(tags: readonly unknown[]) {
    this.#tags = new Set(tags);
  }

  decode(node: unknown): unknown {
    if (typeof node !== "object" || node === null) return node;
    if (this.#tags.has(node)) return this.#values.get(node) ?? this.#object(node);
    if (this.#visited.has(node)) return node;
    this.#visited.add(node);
    if (node instanceof Map) this.#map(node);
    else if (node instanceof Set) this.#set(node);
    else if (!(node instanceof ArrayBuffer)) this.#properties(node);
    return node;
  }

  #object(node: object): object {
    const tag = node as Partial<Tag>;
    const type = typeof tag.type === "string" ? richTypeNamed(tag.type) : undefined;
    if (type === undefined) throw unknownType(tag.type);
    if (type.fill === undefined) {
      const value = type.create(this.decode(tag.payload));
      this.#values.set(node, value);
      return value;
    }
    const value = type.create(tag.payload);
    this.#values.set(node, value);
    type.fill(value, this.decode(tag.payload));
    return value;
  }

  #map(map: Map<unknown, unknown>): void {
    const entries = [...map];
    map.clear();
    for (const [key, value] of entries) map.set(this.decode(key), this.decode(value));
  }

  #set(set: Set<unknown>): void {
    const values = [...set];
    set.clear();
    for (const value of values) set.add(this.decode(value));
  }

  #properties(container: object): void {
    for (const [name, part] of Object.entries(container)) {
      const value = this.decode(part);
      if (value !== part) Object.defineProperty(container, name, { value });
    }
  }
}

function unknownType(type: unknown): SerializationError {
  const name = /^class (.*)$/s.exec(String(type))?.[1];
  if (name === undefined) {
    return new SerializationError(
      `The value holds a "${String(type)}", which this version of Sluice does not know. Update it.`,
    );
  }
  return new SerializationError(
    `The value holds an instance of "${name}", which is not registered here. Import the module that calls registerSerializable for it.`,
  );
}
