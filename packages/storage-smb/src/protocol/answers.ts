/** What responses say. Their bytes come from outside: no length or place in them is believed unchecked. */
import type { Response } from "./message.ts";
import { OFFERED_CIPHERS } from "./session-keys.ts";
import { SmbConnectionError, SmbProtocolError } from "./smb-status.ts";

/** The only version offered: it is the one that finds out when somebody changes the negotiation on the way. */
export const SMB_3_1_1 = 0x0311;
/** Kinds of what negotiations have besides (MS-SMB2 2.2.3.1). */
export const CONTEXT = { integrity: 1, encryption: 2 } as const;
export const TOO_OLD =
  "the server does not speak SMB 3.1.1, as Windows has since version 10 and Samba since 4.3";

const GUEST_OR_NOBODY = 3;
/** The least that servers may allow. */
const LEAST_TRANSFER_BYTES = 65_536;
const ATTRIBUTE = { directory: 0x10, link: 0x400 } as const;
const ENTRY_HEAD_BYTES = 64;

export interface Terms {
  /** Number of the cipher; undefined when the server does not encrypt. */
  readonly cipher: number | undefined;
  readonly maxReadBytes: number;
  readonly maxWriteBytes: number;
}

export interface OpenFile {
  readonly id: Buffer;
  readonly size: number;
  readonly modified: Date | undefined;
  /** Differs when the file was replaced or changed. */
  readonly version: string;
}

export interface ListedFile {
  readonly name: string;
  readonly isDirectory: boolean;
  readonly size: number;
  readonly modified: Date | undefined;
}

export function agreedTerms({ body, message }: Response): Terms {
  return decoded(() => {
    if (body.readUInt16LE(4) !== SMB_3_1_1) throw new SmbConnectionError(TOO_OLD);
    const [maxReadBytes, maxWriteBytes] = [body.readUInt32LE(32), body.readUInt32LE(36)];
    if (Math.min(maxReadBytes, maxWriteBytes) < LEAST_TRANSFER_BYTES) {
      throw new SmbProtocolError(`it takes less than ${LEAST_TRANSFER_BYTES} bytes at once`);
    }
    const contexts = { start: body.readUInt32LE(60), count: body.readUInt16LE(6) };
    return { cipher: agreedCipher(message, contexts), maxReadBytes, maxWriteBytes };
  });
}

function agreedCipher(
  message: Buffer,
  { start, count }: { readonly start: number; readonly count: number },
): number | undefined {
  for (let at = start, left = count; left > 0; left -= 1) {
    const length = message.readUInt16LE(at + 2);
    if (message.readUInt16LE(at) === CONTEXT.encryption) {
      const cipher = message.readUInt16LE(at + 10);
      return OFFERED_CIPHERS.includes(cipher) ? cipher : undefined;
    }
    at += Math.ceil((8 + length) / 8) * 8;
  }
  return undefined;
}

/** What a server says of who we are, and its part of the authentication. */
export function sessionAnswer({ body, message }: Response): {
  readonly isGuest: boolean;
  readonly token: Buffer;
} {
  return decoded(() => ({
    isGuest: (body.readUInt16LE(2) & GUEST_OR_NOBODY) !== 0,
    token: partOf(message, body.readUInt16LE(4), body.readUInt16LE(6)),
  }));
}

export function openedFile({ body }: Response): OpenFile {
  return decoded(() => ({
    id: Buffer.from(partOf(body, 64, 16)),
    size: sizeAt(body, 48),
    modified: dateOf(body.readBigUInt64LE(24)),
    // When it was created, written and changed, and its length.
    version: [8, 24, 32, 48].map((at) => body.readBigUInt64LE(at).toString(16)).join("-"),
  }));
}

/** @param most - bytes that were asked for */
export function readBytes({ body, message }: Response, most: number): Buffer {
  return decoded(() => {
    const length = body.readUInt32LE(4);
    if (length > most) throw new SmbProtocolError(`it read ${length} bytes for ${most}`);
    return partOf(message, body.readUInt8(2), length);
  });
}

/**
 * How many bytes were written: one at least.
 *
 * @param most - bytes that were sent
 */
export function writtenBytes({ body }: Response, most: number): number {
  return decoded(() => {
    const written = body.readUInt32LE(4);
    if (written < Math.min(1, most) || written > most) {
      throw new SmbProtocolError(`it wrote ${written} of ${most} bytes`);
    }
    return written;
  });
}

/** Some entries of a directory; links, and names that no path could have, are left out. */
export function listedFiles({ body, message }: Response): readonly ListedFile[] {
  return decoded(() => {
    const entries = partOf(message, body.readUInt16LE(2), body.readUInt32LE(4));
    const found: ListedFile[] = [];
    for (let at = 0, next = -1; next !== 0; at += next) {
      next = entries.readUInt32LE(at);
      if (next !== 0 && next < ENTRY_HEAD_BYTES) throw new SmbProtocolError("its entries overlap");
      const name = partOf(entries, at + ENTRY_HEAD_BYTES, entries.readUInt32LE(at + 60)).toString("utf16le");
      const attributes = entries.readUInt32LE(at + 56);
      if (!isName(name) || (attributes & ATTRIBUTE.link) !== 0) continue;
      found.push({
        name,
        isDirectory: (attributes & ATTRIBUTE.directory) !== 0,
        size: sizeAt(entries, at + 40),
        modified: dateOf(entries.readBigUInt64LE(at + 24)),
      });
    }
    return found;
  });
}

/** One that leads to an entry of this directory, not to another place. */
function isName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/\\\0]/.test(name);
}

function sizeAt(bytes: Buffer, at: number): number {
  const size = bytes.readBigUInt64LE(at);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw new SmbProtocolError(`a file of ${size} bytes`);
  return Number(size);
}

/** Windows counts tenths of microseconds since 1601. Undefined when no calendar has the time. */
function dateOf(windowsTime: bigint): Date | undefined {
  const date = new Date(Number(windowsTime / 10_000n - 11_644_473_600_000n));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function partOf(bytes: Buffer, start: number, length: number): Buffer {
  if (start + length > bytes.length) throw new SmbProtocolError("it points beyond its end");
  return bytes.subarray(start, start + length);
}

/** @throws {SmbProtocolError} in place of what buffers throw for places they do not have */
export function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof RangeError) throw new SmbProtocolError("it is cut short", { cause: error });
    throw error;
  }
}
