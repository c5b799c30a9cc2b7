/** Where the keys of an installation come from. */
import { EncryptionKeyError } from "@sluice/protocol";
import { addKeyToFile, makeKeyFile, readKeyFile } from "./key-file.ts";
import { parseSealingKeys, type SealingKey } from "./sealing-key.ts";

/** Where to find keys: the first that is given. */
export interface EncryptionOptions {
  /** `id:key,id:key`, each 32 bytes in base64; the first seals, the others only open. */
  readonly keys?: string | undefined;
  /** A file of such keys. */
  readonly keyFile?: string | undefined;
  /** A file that is made with a new key when it is needed and not there. */
  readonly generatedKeyFile?: string | undefined;
}

export interface KeySource {
  /** Whether there are keys, or will be when one is needed. */
  readonly hasKeys: boolean;
  /** For people. */
  readonly place: string;
  /** Whether the key was made here, so that no other machine has it. */
  readonly isGenerated: boolean;
  /** At least one, the first of which seals. @throws {EncryptionKeyError} when there is none. */
  forSealing(): readonly SealingKey[];
  /** Those that are there, as they are now. */
  forOpening(): readonly SealingKey[];
  /** Puts a new key before the others. @throws {EncryptionKeyError} where people keep them. */
  addKey(): void;
}

export function keySource({ keys, keyFile, generatedKeyFile }: EncryptionOptions): KeySource {
  if (keys !== undefined) return givenKeys(keys);
  if (keyFile !== undefined) return keysInFile(keyFile, false);
  return generatedKeyFile === undefined ? NO_KEYS : keysInFile(generatedKeyFile, true);
}

const VARIABLE = "SLUICE_ENCRYPTION_KEY";

const NO_KEYS: KeySource = {
  place: VARIABLE,
  hasKeys: false,
  isGenerated: false,
  forSealing: () => parseSealingKeys("", VARIABLE),
  forOpening: () => [],
  addKey: refuseToAdd,
};

function givenKeys(text: string): KeySource {
  let parsed: readonly SealingKey[] | undefined;
  const keys = (): readonly SealingKey[] => {
    parsed ??= parseSealingKeys(text, VARIABLE);
    return parsed;
  };
  return {
    place: VARIABLE,
    hasKeys: true,
    isGenerated: false,
    forSealing: keys,
    forOpening: keys,
    addKey: refuseToAdd,
  };
}

function refuseToAdd(): never {
  throw new EncryptionKeyError(
    `Keys are taken from ${VARIABLE}. Put a new one before the others there, on every server, restart these, and then rotate.`,
  );
}

/** The file is read anew when it has changed, so that a rotation needs no restart. */
function keysInFile(path: string, isGenerated: boolean): KeySource {
  let known: { readonly mark: string; readonly keys: readonly SealingKey[] } | undefined;
  const forOpening = (): readonly SealingKey[] => {
    const file = readKeyFile(path, known?.mark);
    if (file === undefined) return [];
    if (file.text !== undefined) known = { mark: file.mark, keys: parseSealingKeys(file.text, path) };
    return known?.keys ?? [];
  };
  return {
    place: path,
    hasKeys: true,
    isGenerated,
    forSealing: () => {
      const keys = forOpening();
      if (keys.length > 0) return keys;
      if (!isGenerated) {
        throw new EncryptionKeyError(
          `There is no key file ${path}. Set SLUICE_ENCRYPTION_KEY_FILE to one, or unset it to have one made.`,
          { details: { path } },
        );
      }
      makeKeyFile(path);
      return forOpening();
    },
    forOpening,
    addKey: () => addKeyToFile(path),
  };
}
