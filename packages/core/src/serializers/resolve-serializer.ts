/** Serialisers by name. */
import { SluiceError } from "@sluice/protocol";
import { compressedSerializer } from "./compressed-serializer.ts";
import { jsonSerializer } from "./json-serializer.ts";
import type { Serializer } from "./serializer.ts";
import { v8Serializer } from "./v8-serializer.ts";

/** A serialiser that comes with Sluice. */
export type SerializerName = "json" | "v8" | "compressed/json" | "compressed/v8";

const BUILT_IN: Readonly<Record<SerializerName, () => Serializer>> = {
  json: jsonSerializer,
  v8: v8Serializer,
  "compressed/json": () => compressedSerializer(),
  "compressed/v8": () => compressedSerializer({ serializer: v8Serializer() }),
};

/** The name of every serialiser that comes with Sluice. */
export const SERIALIZER_NAMES: readonly string[] = Object.keys(BUILT_IN);

/** The name is not one of a serialiser. */
export class UnknownSerializerError extends SluiceError {
  constructor(type: string) {
    super(
      "SERIALIZATION",
      `There is no serializer "${type}". Use one of ${SERIALIZER_NAMES.join(", ")}, or pass the object that implements it.`,
      { details: { type } },
    );
  }
}

/**
 * The serialiser that is meant.
 *
 * @throws {UnknownSerializerError} when none has the name
 */
export function resolveSerializer(serializer: Serializer | SerializerName): Serializer {
  if (typeof serializer !== "string") return serializer;
  const found = findSerializer(serializer);
  if (found === undefined) throw new UnknownSerializerError(serializer);
  return found;
}

/** The built-in serialiser of a recorded type. */
export function findSerializer(type: string): Serializer | undefined {
  return Object.hasOwn(BUILT_IN, type) ? BUILT_IN[type as SerializerName]() : undefined;
}
