/** NTLM version 2, as far as a client of SMB needs it (MS-NLMP). */
import { createHash, createHmac, randomBytes } from "node:crypto";
import { md4 } from "./md4.ts";

export interface NtlmAccount {
  readonly username: string;
  /** Empty: the one of the server. */
  readonly domain: string;
  readonly password: string;
}

export interface NtlmAnswer {
  /** The message that proves to know the password. */
  readonly message: Buffer;
  /** Known to both sides now; never sent. */
  readonly sessionKey: Buffer;
}

const SIGNATURE = Buffer.from("NTLMSSP\0", "latin1");
/** Unicode, target, sign, NTLM, always sign, extended security, target info, version, 128 and 56 bits. */
const FLAGS = 0xa2888215;
/** Windows 10; servers look at it no further. */
const VERSION = Buffer.from([10, 0, 0x63, 0x45, 0, 0, 0, 15]);

/** A constant of the specification. */
const SIGNING_CONSTANT = "session key to client-to-server signing key magic constant\0";

/** Attributes that a server tells about itself. */
const ATTRIBUTE = { end: 0, flags: 6, timestamp: 7, targetName: 9 } as const;
/** The answer has a check over all three messages. */
const HAS_INTEGRITY_CODE = 2;
const HEAD_BYTES = 88;
const INTEGRITY_CODE_AT = 72;

/** The first message. */
export function negotiateMessage(): Buffer {
  const message = Buffer.alloc(32);
  SIGNATURE.copy(message);
  message.writeUInt32LE(1, 8);
  message.writeUInt32LE(FLAGS, 12);
  return Buffer.concat([message, VERSION]);
}

/**
 * The answer to the server's challenge.
 *
 * @throws {RangeError} when the challenge is cut short
 * @param host - as in `cifs/<host>`, by which the server knows that it is the one which was meant
 */
export function authenticateMessage(account: NtlmAccount, challenge: Buffer, host: string): NtlmAnswer {
  const attributes = targetAttributes(challenge);
  const timestamp = attributes.get(ATTRIBUTE.timestamp) ?? windowsTime(Date.now());
  attributes.set(ATTRIBUTE.flags, Buffer.from([HAS_INTEGRITY_CODE, 0, 0, 0]));
  attributes.set(ATTRIBUTE.targetName, utf16(`cifs/${host}`));
  const key = responseKey(account);
  const proven = Buffer.concat([
    Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]),
    timestamp,
    randomBytes(8),
    Buffer.alloc(4),
    encodeAttributes(attributes),
    Buffer.alloc(4),
  ]);
  const proof = hmacMd5(key, challenge.subarray(24, 32), proven);
  const sessionKey = hmacMd5(key, proof);
  const message = encodeAnswer(account, Buffer.concat([proof, proven]));
  hmacMd5(sessionKey, negotiateMessage(), challenge, message).copy(message, INTEGRITY_CODE_AT);
  return { message, sessionKey };
}

/** NTOWFv2 of the specification. */
function responseKey({ username, domain, password }: NtlmAccount): Buffer {
  return hmacMd5(md4(utf16(password)), utf16(`${username.toUpperCase()}${domain}`));
}

/** The client's signature over its first message in the session (MS-NLMP 3.4.4.2, without key exchange). */
export function firstSignature(sessionKey: Buffer, message: Uint8Array): Buffer {
  const key = createHash("md5").update(sessionKey).update(SIGNING_CONSTANT).digest();
  const sequence = Buffer.alloc(4);
  const checksum = hmacMd5(key, sequence, message).subarray(0, 8);
  return Buffer.concat([Buffer.from([1, 0, 0, 0]), checksum, sequence]);
}

function encodeAnswer({ username, domain }: NtlmAccount, response: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  SIGNATURE.copy(head);
  head.writeUInt32LE(3, 8);
  const payload: Buffer[] = [];
  let offset = HEAD_BYTES;
  // In this order: for LAN Manager, for NTLM, domain, user, workstation, session key.
  const fields = [Buffer.alloc(24), response, utf16(domain), utf16(username), utf16(""), Buffer.alloc(0)];
  for (const [index, field] of fields.entries()) {
    const at = 12 + index * 8;
    head.writeUInt16LE(field.length, at);
    head.writeUInt16LE(field.length, at + 2);
    head.writeUInt32LE(offset, at + 4);
    payload.push(field);
    offset += field.length;
  }
  head.writeUInt32LE(FLAGS, 60);
  VERSION.copy(head, 64);
  return Buffer.concat([head, ...payload]);
}

function targetAttributes(challenge: Buffer): Map<number, Buffer> {
  const attributes = new Map<number, Buffer>();
  const length = challenge.readUInt16LE(40);
  const start = challenge.readUInt32LE(44);
  const told = challenge.subarray(start, start + length);
  if (told.length !== length) throw new RangeError("The attributes end beyond the challenge.");
  for (let at = 0; at + 4 <= length; ) {
    const id = told.readUInt16LE(at);
    const size = told.readUInt16LE(at + 2);
    if (id === ATTRIBUTE.end) break;
    if (at + 4 + size > length) throw new RangeError("An attribute ends beyond the others.");
    attributes.set(id, told.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return attributes;
}

function encodeAttributes(attributes: ReadonlyMap<number, Buffer>): Buffer {
  const parts = [...attributes, [ATTRIBUTE.end, Buffer.alloc(0)] as const].map(([id, value]) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, value]);
  });
  return Buffer.concat(parts);
}

/** Tenths of microseconds since 1601. */
function windowsTime(epochMs: number): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE((BigInt(epochMs) + 11_644_473_600_000n) * 10_000n);
  return time;
}

function hmacMd5(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const hmac = createHmac("md5", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

function utf16(text: string): Buffer {
  return Buffer.from(text, "utf16le");
}
