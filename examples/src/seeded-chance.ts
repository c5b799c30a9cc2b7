import { createHash } from "node:crypto";

/** A number in [0, 1) that looks random but is always the same for the same text. */
export function seededChance(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;
}
