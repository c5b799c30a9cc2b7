/** Keeps what blocks hold from those who read the database. */

/** What a text belongs to: the text can be opened as part of nothing else. */
export interface SealedObject {
  readonly id: string;
  /** For people, such as `secret/berlin`. */
  readonly name: string;
}

export interface SealedText {
  readonly text: string;
  /** The key it is sealed with; null when it is left as it was. */
  readonly keyId: string | null;
}

/** Seals texts with a key, and opens them. */
export interface SecretSealer {
  /** The key that texts are sealed with now; null when they are left as they are. */
  readonly keyId: string | null;
  /** @throws {EncryptionKeyError} when there is no key. */
  seal(text: string, object: SealedObject): SealedText;
  /** @throws {EncryptionKeyError} when the key is missing or not the one, or the text was changed. */
  open(sealed: string, object: SealedObject): string;
}

/** Leaves texts as they are: for histories that are never written to a disk. */
export const NO_SEALER: SecretSealer = {
  keyId: null,
  seal: (text) => ({ text, keyId: null }),
  open: (text) => text,
};
