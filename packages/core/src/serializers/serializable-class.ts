/** Classes whose instances can be stored and sent because the user said how. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";
import type { RichType } from "./rich-type.ts";

export interface SerializableOptions<T, Encoded> {
  /** Recorded with each instance; must stay the same for what is stored to stay readable. */
  readonly name: string;
  /** What is stored instead of an instance: anything that can be stored itself, but not the instance. */
  readonly encode: (instance: T) => Encoded;
  readonly decode: (encoded: Encoded) => T;
}

/** Two classes were registered under one name. */
export class DuplicateSerializableError extends SluiceError {
  constructor(name: string, options?: SluiceErrorOptions) {
    super(
      "CONFLICT",
      `Another class is registered as "${name}" with registerSerializable. Give one of them another name.`,
      { ...options, details: { name } },
    );
  }
}

interface Registration {
  readonly source: string;
  readonly type: RichType;
}

const byPrototype = new WeakMap<object, RichType>();
const byName = new Map<string, Registration>();

/**
 * Makes instances of a class storable: as results, parameters, and parts of cache keys. Call it in the module of the class, so
 * that every process that reads instances has done it. Instances of subclasses need a registration of their own.
 *
 * @throws {DuplicateSerializableError} when another class has the name; the same class loaded again replaces itself
 */
export function registerSerializable<T extends object, Encoded>(
  target: abstract new (...args: never[]) => T,
  options: SerializableOptions<T, Encoded>,
): void {
  const { name, encode, decode } = options;
  const known = byName.get(name);
  const source = target.toString();
  if (known !== undefined && known.source !== source) throw new DuplicateSerializableError(name);
  const prototype: object = target.prototype;
  const type: RichType = {
    name: `${TAG_PREFIX}${name}`,
    matches: (value) => Object.getPrototypeOf(value) === prototype,
    encode: (instance: T) => encode(instance),
    create: (encoded: Encoded) => decode(encoded),
  };
  byName.set(name, { source, type });
  byPrototype.set(prototype, type);
}

/** Keeps registered names apart from built-in ones. */
const TAG_PREFIX = "class ";

/** How instances of the object's own class are carried, if that is registered. */
export function registeredType(value: object): RichType | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  return typeof prototype === "object" && prototype !== null ? byPrototype.get(prototype) : undefined;
}

/** The registered type of this recorded name. */
export function registeredTypeNamed(recordedName: string): RichType | undefined {
  return recordedName.startsWith(TAG_PREFIX)
    ? byName.get(recordedName.slice(TAG_PREFIX.length))?.type
    : undefined;
}
