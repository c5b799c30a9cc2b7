/** Values as JSON text: plain where JSON can carry the value, marked and encoded where it cannot. */
import { isPlainJson } from "./plain-json.ts";
import { toPortable } from "./portable-form.ts";
import { fromPortable } from "./portable-value.ts";
import { SerializationError } from "./serialization-error.ts";
import { whileReading, whileWriting } from "./serialization-guard.ts";
import type { Serializer, SerializerOptions } from "./serializer.ts";

/** The one property that marks an object as an encoded value; plain values that have it are encoded too. */
const MARK = "$sluice";
/** The library and its major version, since its format may change with the next. */
const ENCODING = "devalue/6";

/**
 * The default serialiser. What JSON can carry exactly becomes plain JSON that any program reads; everything else (dates, maps,
 * big integers, errors, binary data, cycles …) becomes `{"$sluice":"devalue/6","data":[…]}`.
 */
export function jsonSerializer(options: SerializerOptions = {}): Serializer {
  const { subject = "result" } = options;
  return {
    type: "json",
    dumps: (value) => whileWriting(async () => new TextEncoder().encode(await jsonText(value, subject))),
    loads: (bytes) => whileReading("json", () => decodedValue(JSON.parse(new TextDecoder().decode(bytes)))),
  };
}

async function jsonText(value: unknown, subject: string): Promise<string> {
  if (isPlainJson(value) && !isMarked(value)) return JSON.stringify(value);
  const portable = toPortable(value, subject);
  const { stringify } = await import("devalue");
  return `{"${MARK}":"${ENCODING}","data":${stringify(portable)}}`;
}

async function decodedValue(json: unknown): Promise<unknown> {
  if (!isMarked(json)) return json;
  if (json[MARK] !== ENCODING || !("data" in json)) {
    throw new SerializationError(
      `The value is encoded as ${JSON.stringify(json[MARK])}, which this version of Sluice cannot read. Update it.`,
    );
  }
  const { unflatten } = await import("devalue");
  return fromPortable(unflatten(json.data as number | unknown[]));
}

function isMarked(value: unknown): value is { readonly [MARK]: unknown } {
  return typeof value === "object" && value !== null && Object.hasOwn(value, MARK);
}
