/** UUIDs: version 7 for what is listed by time, version 4 for what must not be guessable from it (RFC 9562). */
import { randomFillSync, randomUUID } from "node:crypto";

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const POOL_BYTES = 4096;
const BYTES_PER_ID = 6;

const pool = new Uint8Array(POOL_BYTES);
let poolOffset = POOL_BYTES;
let lastMs = 0;
let sequence = 0;
let timePrefix = "";

/**
 * A new version 7 UUID. Ids made by one process sort in the order they were made: within one millisecond a
 * 24-bit counter (RFC 9562 §6.2, method 1) follows the timestamp, then 48 random bits.
 */
export function newId(): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    sequence = 0;
    const hex = now.toString(16).padStart(12, "0");
    timePrefix = `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
  } else {
    sequence += 1;
  }
  if (poolOffset + BYTES_PER_ID > POOL_BYTES) {
    randomFillSync(pool);
    poolOffset = 0;
  }
  const high = (sequence >>> 12) & 0xfff;
  const low = sequence & 0xfff;
  const variant = (0x8 | (low >>> 10)).toString(16);
  const rest = (low & 0x3ff).toString(16).padStart(3, "0");
  let random = "";
  for (let index = 0; index < BYTES_PER_ID; index += 1) random += HEX[pool[poolOffset + index] as number];
  poolOffset += BYTES_PER_ID;
  return `${timePrefix}${high.toString(16).padStart(3, "0")}-${variant}${rest}-${random}`;
}

/** A new version 4 UUID. */
export function randomId(): string {
  return randomUUID();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu;

/** Whether a value is the text of a UUID, in its usual spelling. */
export function isUuid(value: unknown): value is string {
  return typeof value === "string" && UUID.test(value);
}
