/** Keeps what blocks hold from those who read the database. */

/** What a text belongs to: the text can be opened as part of nothing else. */
export interface SealedObject {
  readonly id: string;
  /** For people, such as `secret/berlin`. */
  readonly name: string;
}

/** Seals texts with a key, and opens them. */
export interface SecretSealer {
  /** The key that texts are sealed with now; null when they are left as they are. */
  readonly keyId: string | null;
  seal(text: string, object: SealedObject): string;
  /** @throws {EncryptionKeyError} when the key is missing or not the one, or the text was changed. */
  open(sealed: string, object: SealedObject): string;
}

/** Leaves texts as they are: for histories that are never written to a disk. */
export const NO_SEALER: SecretSealer = {
  keyId: null,
  seal: (text) => text,
  open: (text) => text,
};
