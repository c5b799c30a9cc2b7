/** The serialiser that a record names, also in the words of Prefect. */
import type { ResultReference } from "@sluice/protocol";
import { findSerializer } from "../serializers/resolve-serializer.ts";
import type { Serializer } from "../serializers/serializer.ts";

type RecordedSerializer = ResultReference["serializer"];

/** Why a recorded serialiser is not to be had. */
export interface UnreadableSerializer {
  readonly unreadable: string;
  readonly remedy: string;
}

/** The serialiser to read a record with; `own`, that of the store, goes before the built-in ones. */
export function recordedSerializer(
  recorded: RecordedSerializer,
  own: Serializer,
): Serializer | UnreadableSerializer {
  const type = fullType(recorded);
  const { compressionlib } = recorded;
  if (compressionlib !== undefined && compressionlib !== "gzip" && compressionlib !== "zlib") {
    const unreadable = `"${type}" with ${String(compressionlib)}`;
    return { unreadable, remedy: 'Write it with compressionlib="gzip".' };
  }
  const found = type === own.type ? own : findSerializer(type);
  return found ?? { unreadable: `"${type}"`, remedy: remedyFor(type) };
}

/** Prefect's general compressing serialiser is called "compressed" and names what it compresses beside. */
function fullType(recorded: RecordedSerializer): string {
  const inner: unknown = recorded["serializer"];
  if (recorded.type !== "compressed" || typeof inner !== "object" || inner === null) return recorded.type;
  return "type" in inner ? `compressed/${String(inner.type)}` : recorded.type;
}

function remedyFor(type: string): string {
  return type.endsWith("pickle")
    ? 'In Python, set result_serializer="json" on the flow or task.'
    : "Pass the serializer that wrote it to the ResultStore.";
}
