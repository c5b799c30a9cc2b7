/** Another serialiser's bytes, compressed. */
import { promisify } from "node:util";
import { jsonSerializer } from "./json-serializer.ts";
import { SerializationError } from "./serialization-error.ts";
import { whileReading } from "./serialization-guard.ts";
import type { Serializer } from "./serializer.ts";

const DEFAULT_MAX_BYTES = 1024 ** 3;

export interface CompressedSerializerOptions {
  /** What is compressed. Default: JSON. */
  readonly serializer?: Serializer | undefined;
  /**
   * Size of the uncompressed bytes at most; default 1 GiB. Larger values are refused when written, and when read as soon as
   * they exceed it, so that a small hostile file cannot fill the memory.
   */
  readonly maxBytes?: number | undefined;
}

/**
 * Compresses with gzip; its type is `compressed/` and the inner type. Reads gzip and zlib. The record says which, in the words
 * that Prefect's Python readers understand.
 */
export function compressedSerializer(options: CompressedSerializerOptions = {}): Serializer {
  const { serializer = jsonSerializer(), maxBytes = DEFAULT_MAX_BYTES } = options;
  const type = `compressed/${serializer.type}`;
  return {
    type,
    settings: { compressionlib: "gzip" },
    async dumps(value) {
      const bytes = await serializer.dumps(value);
      if (bytes.length > maxBytes) throw tooLarge(`has ${bytes.length} bytes`, maxBytes);
      const { gzip } = await import("node:zlib");
      return promisify(gzip)(bytes);
    },
    async loads(bytes) {
      return serializer.loads(await whileReading(type, () => inflated(bytes, maxBytes)));
    },
  };
}

async function inflated(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const { unzip } = await import("node:zlib");
  try {
    return await promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(unzip)(bytes, {
      maxOutputLength: maxBytes,
    });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge("has more bytes", maxBytes, error);
    throw error;
  }
}

function tooLarge(found: string, maxBytes: number, cause?: RangeError): SerializationError {
  return new SerializationError(
    `The uncompressed value ${found} than the limit of ${maxBytes} allows. Raise maxBytes of compressedSerializer, or store less.`,
    { cause, details: { maxBytes } },
  );
}
