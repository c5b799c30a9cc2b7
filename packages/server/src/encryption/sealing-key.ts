/** Keys that secrets are sealed with, as people write them. */
import { createHash, createSecretKey, type KeyObject } from "node:crypto";
import { EncryptionKeyError } from "@sluice/protocol";

/** A key with the name that sealed texts carry. */
export interface SealingKey {
  readonly id: string;
  readonly key: KeyObject;
}

const KEY_BYTES = 32;
const ID = /^[\w.-]{1,64}$/u;
const BASE64 = /^[\w+/-]{43}=?$/u;
const DERIVED_ID_DIGITS = 12;
const REMEDY = "Make a key with: openssl rand -base64 32";

/**
 * `key,key,…`, by commas or lines: each 32 bytes in base64, after `id:` if it has a name of its own. Without one it is
 * named after a digest of itself.
 * @param place where the text is, for errors. Nothing of the text is ever in one.
 * @throws {EncryptionKeyError} when there is none, one is none, or two have one name.
 */
export function parseSealingKeys(text: string, place: string): readonly SealingKey[] {
  const parts = text
    .split(/[,\s]+/u)
    .filter((part) => part !== "")
    .map((part, index) => parseKey(part, `Key ${index + 1} in ${place}`));
  if (parts.length === 0) throw new EncryptionKeyError(`There is no key in ${place}. ${REMEDY}`);
  const ids = parts.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) {
    throw new EncryptionKeyError(`Two keys in ${place} are called ${twice}. Give each a name of its own.`);
  }
  return parts;
}

function parseKey(text: string, name: string): SealingKey {
  const [, id, encoded = text] = /^([^:]*):(.*)$/su.exec(text) ?? [];
  const bytes = BASE64.test(encoded) ? Buffer.from(encoded, "base64") : Buffer.alloc(0);
  if (bytes.length !== KEY_BYTES) {
    throw new EncryptionKeyError(`${name} is not ${KEY_BYTES} bytes in base64. ${REMEDY}`);
  }
  if (id !== undefined && !ID.test(id)) {
    throw new EncryptionKeyError(
      `${name} has a name that is not possible. Use up to 64 letters, digits, dots, dashes and underscores.`,
    );
  }
  return { id: id ?? derivedId(bytes), key: createSecretKey(bytes) };
}

/** Of a key of 256 random bits a digest tells nothing. */
function derivedId(bytes: Uint8Array): string {
  return createHash("sha256").update("sluice key id").update(bytes).digest("hex").slice(0, DERIVED_ID_DIGITS);
}
