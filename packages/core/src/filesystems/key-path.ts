/** From a key, which may be any text, to a path that every file system takes. */
import { createHash } from "node:crypto";

const MAX_SEGMENT_LENGTH = 120;
const MAX_SEGMENTS = 16;
const HINT_LENGTH = 40;
/** Names that Windows keeps for devices. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * The path where what belongs to a key lies. A key that is a safe relative path is its own path, so that a person finds it;
 * any other becomes what is readable of it and its hash. The path of a key is its own path too.
 */
export function keyPath(key: string): string {
  const segments = key.split("/");
  if (segments.length <= MAX_SEGMENTS && segments.every(isSafe)) return key;
  const hint = key
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, HINT_LENGTH);
  return `${hint === "" ? "key" : hint}~${createHash("sha256").update(key).digest("hex")}`;
}

/** Names that every disk, object store and share keeps as they are. */
function isSafe(segment: string): boolean {
  if (segment.length > MAX_SEGMENT_LENGTH || RESERVED.test(segment)) return false;
  return /^[A-Za-z0-9_][A-Za-z0-9_.~-]*$/.test(segment) && !segment.endsWith(".");
}
