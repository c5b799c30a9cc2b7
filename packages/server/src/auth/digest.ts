/** Compares secrets without telling by time how much of them was right. */
import { createHash, timingSafeEqual } from "node:crypto";

/** SHA-256, enough for secrets that are long and random, and for comparing any. */
export function digestOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** Takes as long whatever differs; both are digests. */
export function isSameDigest(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
