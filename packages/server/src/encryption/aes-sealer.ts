/**
 * Seals texts with AES-256-GCM. Each text has a random key of its own, which is sealed with a key of the installation
 * beside it; both are bound to the object they belong to and to the id of the key.
 *
 * Form: `sealed1:<key id>:<base64>` of the sealed data key and the sealed text, each as nonce (12 bytes), tag (16 bytes)
 * and ciphertext.
 */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto";
import type { SealedObject, SealedText, SecretSealer } from "@sluice/orchestration";
import { EncryptionKeyError } from "@sluice/protocol";
import type { KeySource } from "./key-source.ts";

const CIPHER = "aes-256-gcm";
const VERSION = "sealed1";
const FORM = /^sealed1:([\w.-]+):([\w+/]+=*)$/u;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DATA_KEY_BYTES = 32;
const WRAPPED_BYTES = NONCE_BYTES + TAG_BYTES + DATA_KEY_BYTES;

export class AesSealer implements SecretSealer {
  readonly #source: KeySource;

  constructor(source: KeySource) {
    this.#source = source;
  }

  get keyId(): string {
    return this.#sealingKey().id;
  }

  seal(text: string, object: SealedObject): SealedText {
    const { id, key } = this.#sealingKey();
    const dataKey = randomBytes(DATA_KEY_BYTES);
    const wrapped = encrypt(key, dataKey, boundTo("key", id, object));
    const sealed = encrypt(dataKey, Buffer.from(text), boundTo("text", id, object));
    dataKey.fill(0);
    return {
      keyId: id,
      text: `${VERSION}:${id}:${Buffer.concat([wrapped, sealed]).toString("base64")}`,
    };
  }

  open(sealed: string, object: SealedObject): string {
    const [, id = "", encoded = ""] = FORM.exec(sealed) ?? [];
    if (id === "") throw damaged(object, "no key");
    const keys = this.#source.forOpening();
    const found = keys.find((key) => key.id === id);
    if (found === undefined)
      throw this.#missingKey(
        object,
        id,
        keys.map((key) => key.id),
      );
    try {
      const bytes = Buffer.from(encoded, "base64");
      const dataKey = decrypt(found.key, bytes.subarray(0, WRAPPED_BYTES), boundTo("key", id, object));
      return decrypt(dataKey, bytes.subarray(WRAPPED_BYTES), boundTo("text", id, object)).toString();
    } catch (error) {
      throw damaged(object, `key ${id}`, error);
    }
  }

  #sealingKey() {
    const [key] = this.#source.forSealing();
    if (key === undefined) {
      throw new EncryptionKeyError(`There is no key in ${this.#source.place} to seal blocks with.`);
    }
    return key;
  }

  #missingKey({ id: blockDocumentId, name }: SealedObject, keyId: string, known: readonly string[]): Error {
    const { place } = this.#source;
    const others = known.length === 0 ? "which has none" : `which has ${known.join(", ")}`;
    return new EncryptionKeyError(
      `The block ${name} is sealed with key ${keyId}, which is not in ${place}, ${others}. Add that key there, or delete the block and save it anew.`,
      { details: { block: name, blockDocumentId, keyId } },
    );
  }
}

function damaged(
  { id: blockDocumentId, name }: SealedObject,
  key: string,
  cause?: unknown,
): EncryptionKeyError {
  return new EncryptionKeyError(
    `The block ${name} cannot be opened with ${key}: another key has that name now, or what is stored was changed. Give the right key, restore the database, or delete the block and save it anew.`,
    { cause, details: { block: name, blockDocumentId } },
  );
}

/** What must be the same when it is opened. */
function boundTo(part: "key" | "text", keyId: string, { id }: SealedObject): Buffer {
  return Buffer.from(`${VERSION}:${part}:${keyId}:${id}`);
}

function encrypt(key: KeyObject | Buffer, data: Buffer, bound: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(bound);
  const encrypted = Buffer.concat([cipher.update(data), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]);
}

function decrypt(key: KeyObject | Buffer, sealed: Buffer, bound: Buffer): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(bound).setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}
