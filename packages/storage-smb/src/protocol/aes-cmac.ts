/** AES-CMAC (RFC 4493), which signs the messages of SMB 3. */
import { createCipheriv } from "node:crypto";

const BLOCK_BYTES = 16;

/** The code of a message: 16 bytes. */
export function aesCmac(key: Buffer, message: Uint8Array): Buffer {
  const first = doubled(encrypted(key, Buffer.alloc(BLOCK_BYTES)));
  const lastStart = Math.max(0, Math.ceil(message.length / BLOCK_BYTES) - 1) * BLOCK_BYTES;
  const last = Buffer.alloc(BLOCK_BYTES);
  last.set(message.subarray(lastStart));
  const isWhole = message.length > 0 && message.length % BLOCK_BYTES === 0;
  if (!isWhole) last[message.length - lastStart] = 0x80;
  const subkey = isWhole ? first : doubled(first);
  for (let index = 0; index < BLOCK_BYTES; index += 1)
    last[index] = (last[index] ?? 0) ^ (subkey[index] ?? 0);
  // What CBC makes of the last block is the code.
  return encrypted(key, Buffer.concat([message.subarray(0, lastStart), last])).subarray(-BLOCK_BYTES);
}

function encrypted(key: Buffer, blocks: Buffer): Buffer {
  const cipher = createCipheriv("aes-128-cbc", key, Buffer.alloc(BLOCK_BYTES)).setAutoPadding(false);
  return Buffer.concat([cipher.update(blocks), cipher.final()]);
}

/** Twice the number in the field that the code is defined over. */
function doubled(block: Buffer): Buffer {
  const result = Buffer.alloc(BLOCK_BYTES);
  let carry = 0;
  for (let index = BLOCK_BYTES - 1; index >= 0; index -= 1) {
    const byte = block[index] ?? 0;
    result[index] = ((byte << 1) | carry) & 0xff;
    carry = byte >> 7;
  }
  if (carry === 1) result[BLOCK_BYTES - 1] = (result[BLOCK_BYTES - 1] ?? 0) ^ 0x87;
  return result;
}
