import { isTooDeep } from "../http/json-depth.ts";
import { hasUnstorableText, withStorableText } from "../http/storable-text.ts";

/** Reads the JSON of a frame, without characters that cannot be stored; undefined when it is no JSON object. */
export function parseFrame(frame: string): Readonly<Record<string, unknown>> | undefined {
  if (isTooDeep(frame)) return undefined;
  try {
    const value: unknown = JSON.parse(frame);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const object = value as Readonly<Record<string, unknown>>;
    if (!hasUnstorableText(frame, object)) return object;
    return withStorableText(object) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
