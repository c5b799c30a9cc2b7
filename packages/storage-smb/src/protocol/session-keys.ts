/** Keys of a session, and what is done with them: signatures and encryption of SMB 3.1.1 (MS-SMB2 3.1.4). */
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";
import { aesCmac } from "./aes-cmac.ts";

const SIGNATURE_AT = 48;
const SIGNATURE_BYTES = 16;
const SIGNED = 0x08;
const FLAGS_AT = 16;

const ENVELOPE_BYTES = 52;
const ENVELOPE_ID = 0x424d53fd;
const TAG_AT = 4;
const NONCE_AT = 20;

interface Cipher {
  readonly name: "aes-128-ccm" | "aes-128-gcm" | "aes-256-ccm" | "aes-256-gcm";
  readonly keyBytes: number;
  readonly nonceBytes: number;
}

/** By their numbers in the negotiation. */
const CIPHERS: ReadonlyMap<number, Cipher> = new Map([
  [1, { name: "aes-128-ccm", keyBytes: 16, nonceBytes: 11 }],
  [2, { name: "aes-128-gcm", keyBytes: 16, nonceBytes: 12 }],
  [3, { name: "aes-256-ccm", keyBytes: 32, nonceBytes: 11 }],
  [4, { name: "aes-256-gcm", keyBytes: 32, nonceBytes: 12 }],
]);

/** The ciphers to offer, the best first. */
export const OFFERED_CIPHERS: readonly number[] = [4, 2, 3, 1];

export class SessionKeys {
  readonly #signing: Buffer;
  readonly #encryption: Buffer;
  readonly #decryption: Buffer;
  readonly #cipher: Cipher | undefined;
  #messages = 0n;

  /**
   * @param sessionKey - what authentication made known to both sides
   * @param integrity - hash over all messages until then, so that none was changed on the way
   * @param cipher - number of the one agreed on
   */
  constructor(sessionKey: Buffer, integrity: Buffer, cipher: number | undefined) {
    this.#cipher = cipher === undefined ? undefined : CIPHERS.get(cipher);
    const derive = (label: string, bytes: number): Buffer => derivedKey(sessionKey, label, integrity, bytes);
    this.#signing = derive("SMBSigningKey\0", 16);
    this.#encryption = derive("SMBC2SCipherKey\0", this.#cipher?.keyBytes ?? 16);
    this.#decryption = derive("SMBS2CCipherKey\0", this.#cipher?.keyBytes ?? 16);
  }

  get canEncrypt(): boolean {
    return this.#cipher !== undefined;
  }

  /** Puts the signature into the message. */
  sign(message: Buffer): void {
    message.writeUInt32LE(message.readUInt32LE(FLAGS_AT) | SIGNED, FLAGS_AT);
    message.fill(0, SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_BYTES);
    aesCmac(this.#signing, message).copy(message, SIGNATURE_AT);
  }

  isSignatureRight(message: Buffer): boolean {
    if ((message.readUInt32LE(FLAGS_AT) & SIGNED) === 0) return false;
    const unsigned = Buffer.from(message);
    unsigned.fill(0, SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_BYTES);
    const given = message.subarray(SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_BYTES);
    return timingSafeEqual(aesCmac(this.#signing, unsigned), given);
  }

  /** The message in an envelope that only the other side can open. */
  encrypt(message: Buffer, sessionId: bigint): Buffer {
    const { name, nonceBytes } = this.#agreedCipher();
    const envelope = Buffer.alloc(ENVELOPE_BYTES);
    envelope.writeUInt32LE(ENVELOPE_ID, 0);
    // A number that never comes twice with these keys.
    this.#messages += 1n;
    envelope.writeBigUInt64LE(this.#messages, NONCE_AT);
    envelope.writeUInt32LE(message.length, 36);
    envelope.writeUInt16LE(1, 42);
    envelope.writeBigUInt64LE(sessionId, 44);
    const nonce = envelope.subarray(NONCE_AT, NONCE_AT + nonceBytes);
    const options = { authTagLength: SIGNATURE_BYTES, plaintextLength: message.length };
    // The type of the name decides about the overload; both modes take the same calls.
    const cipher = createCipheriv(name as "aes-128-ccm", this.#encryption, nonce, options);
    cipher.setAAD(envelope.subarray(NONCE_AT), options);
    const encrypted = Buffer.concat([cipher.update(message), cipher.final()]);
    cipher.getAuthTag().copy(envelope, TAG_AT);
    return Buffer.concat([envelope, encrypted]);
  }

  /** The message in an envelope; undefined when somebody changed it. */
  decrypt(packet: Buffer): Buffer | undefined {
    const { name, nonceBytes } = this.#agreedCipher();
    const envelope = packet.subarray(0, ENVELOPE_BYTES);
    const encrypted = packet.subarray(ENVELOPE_BYTES);
    const nonce = envelope.subarray(NONCE_AT, NONCE_AT + nonceBytes);
    const options = { authTagLength: SIGNATURE_BYTES, plaintextLength: encrypted.length };
    const decipher = createDecipheriv(name as "aes-128-ccm", this.#decryption, nonce, options);
    decipher.setAuthTag(envelope.subarray(TAG_AT, TAG_AT + SIGNATURE_BYTES));
    decipher.setAAD(envelope.subarray(NONCE_AT), options);
    try {
      return Buffer.concat([decipher.update(encrypted), decipher.final()]);
    } catch {
      // All that OpenSSL says is that the tag does not fit.
      return undefined;
    }
  }

  #agreedCipher(): Cipher {
    if (this.#cipher === undefined) throw new Error("No cipher was agreed on.");
    return this.#cipher;
  }
}

/** Whether a packet is a message in an envelope. */
export function isEncrypted(packet: Buffer): boolean {
  return packet.length >= ENVELOPE_BYTES && packet.readUInt32LE(0) === ENVELOPE_ID;
}

/** NIST SP 800-108, in counter mode with HMAC-SHA256. */
function derivedKey(key: Buffer, label: string, context: Buffer, bytes: number): Buffer {
  const bits = Buffer.alloc(4);
  bits.writeUInt32BE(bytes * 8);
  const input = [Buffer.from([0, 0, 0, 1]), Buffer.from(label, "latin1"), Buffer.from([0]), context, bits];
  return createHmac("sha256", key).update(Buffer.concat(input)).digest().subarray(0, bytes);
}
