/** What those who operate an installation do with the keys of its secrets. */
import { type ResealReport, resealBlocks } from "@sluice/orchestration";
import { type DatabaseOptions, openStore } from "../open-store.ts";
import type { EncryptionOptions } from "./key-source.ts";
import { keysOf, openSealer } from "./open-sealer.ts";
import { replaceNotedKey } from "./sealing-key-entry.ts";

export interface SecretsOptions extends DatabaseOptions {
  readonly encryption?: EncryptionOptions | undefined;
}

export interface RotationOptions extends SecretsOptions {
  /** Whether a new key is made first, in the file that the keys are in. */
  readonly hasNewKey?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every hundred blocks. */
  readonly onProgress?: ((report: ResealReport) => void) | undefined;
}

/** A key and what it is good for. */
export interface SecretsStatus {
  readonly keyId: string;
  /** How many blocks are sealed with it. */
  readonly blocks: number;
  /** Whether it is here. */
  readonly isKnown: boolean;
  /** Whether blocks are sealed with it from now on. */
  readonly isSealing: boolean;
}

/**
 * Seals every block with the first key. Servers may run meanwhile; going on after an interruption is calling it again.
 * @throws {EncryptionKeyError} when there is no key, or a new one is asked for where people keep them.
 * @throws {HistoryUnavailableError} when the database cannot be used.
 */
export async function rotateSecrets(
  options: RotationOptions,
): Promise<ResealReport & { readonly keyId: string }> {
  const { hasNewKey = false, signal, onProgress } = options;
  const keys = keysOf(options);
  const store = await openStore(options);
  try {
    if (hasNewKey) {
      keys.forSealing();
      keys.addKey();
    }
    const sealer = openSealer(keys);
    const { keyId } = sealer;
    const report = await resealBlocks(store, sealer, { signal, onProgress });
    await replaceNotedKey(store, keyId);
    return { ...report, keyId };
  } finally {
    await store.close();
  }
}

/** Every key that is here, the sealing one first, and every key that blocks are sealed with. */
export async function secretsStatus(options: SecretsOptions): Promise<SecretsStatus[]> {
  const known = keysOf(options)
    .forOpening()
    .map(({ id }) => id);
  const store = await openStore(options);
  try {
    const counts = await store.objects("block_document").countBy("key_id");
    return [...new Set([...known, ...counts.keys()])].map((keyId) => ({
      keyId,
      blocks: counts.get(keyId) ?? 0,
      isKnown: known.includes(keyId),
      isSealing: keyId === known[0],
    }));
  } finally {
    await store.close();
  }
}
