/** Seals the blocks of a history with another key. */
import { isSluiceError } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import type { Store } from "../store.ts";
import type { StoredBlockDocument } from "../stored-nouns.ts";
import { openData, sealData, sealedObject } from "./document-data.ts";
import type { SecretSealer } from "./secret-sealer.ts";

const BATCH = 100;

export interface ResealReport {
  /** How many were sealed with another key. */
  readonly sealed: number;
  /** How many are left that are not sealed with the key. */
  readonly left: number;
  /** Why some could not be opened; these stay as they are. */
  readonly failures: readonly Error[];
}

export interface ResealOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after every batch. */
  readonly onProgress?: ((report: ResealReport) => void) | undefined;
}

/**
 * Opens every document that is not sealed with the key that `sealer` seals with, and seals it with that, a hundred in a
 * transaction. Servers may go on meanwhile. What was interrupted goes on where it was, since what is done is known by its
 * key.
 */
export async function resealBlocks(
  store: Store,
  sealer: SecretSealer,
  { signal, onProgress }: ResealOptions = {},
): Promise<ResealReport> {
  const where = sealedOtherwise(sealer.keyId);
  const failures: Error[] = [];
  let sealed = 0;
  for (;;) {
    signal?.throwIfAborted();
    const failed: Error[] = [];
    const found = await store.transaction(async (transaction) => {
      failed.length = 0;
      return resealBatch(transaction, { where, sealer, offset: failures.length, failed });
    });
    failures.push(...failed);
    sealed += found - failed.length;
    const report = { sealed, left: await store.objects("block_document").count(where), failures };
    onProgress?.(report);
    if (found === 0) return report;
  }
}

/** Documents that could not be opened come first among those that are left, for ids go up. */
async function resealBatch(
  store: Store,
  batch: {
    readonly where: Condition<StoredBlockDocument>;
    readonly sealer: SecretSealer;
    readonly offset: number;
    readonly failed: Error[];
  },
): Promise<number> {
  const { where, sealer, offset, failed } = batch;
  const table = store.objects("block_document");
  const documents = await table.list({ where, limit: BATCH, offset, lock: "wait" });
  for (const document of documents) {
    const type = await store.objects("block_type").find(document.block_type_id);
    try {
      const data = openData(document, type, sealer);
      await table.update(document.id, sealData(data, sealedObject(document, type), sealer));
    } catch (error) {
      if (!isSluiceError(error, "ENCRYPTION_KEY")) throw error;
      failed.push(error);
    }
  }
  return documents.length;
}

function sealedOtherwise(keyId: string | null): Condition<StoredBlockDocument> {
  return keyId === null
    ? { type: "is-missing", member: "key_id", expected: false }
    : { type: "none-of", member: "key_id", values: [keyId] };
}
