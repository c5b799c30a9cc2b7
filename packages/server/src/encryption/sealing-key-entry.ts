/** Which key a history is sealed with, so that servers on it notice when they have different ones. */
import type { Store } from "@sluice/orchestration";
import { EncryptionKeyError } from "@sluice/protocol";
import { findEntry, newEntry } from "../configuration-entry.ts";
import type { ServerLog } from "../server-log.ts";
import type { KeySource } from "./key-source.ts";

const ENTRY = "encryption-key";

/**
 * Notes the key of the first server on a history. A later one that lacks it and would make a key of its own is refused,
 * since neither could open what the other seals; one that was given others is only warned.
 * @throws {EncryptionKeyError} when what should be keys is none, or a key would be made here that is not that of the history.
 */
export async function checkSealingKey(
  store: Store,
  source: KeySource,
  { isShared, log }: { readonly isShared: boolean; readonly log: ServerLog },
): Promise<void> {
  if (!source.hasKeys) {
    const remedy = "Set SLUICE_ENCRYPTION_KEY, for example to what this prints: openssl rand -base64 32";
    log("warn", "No block can be saved or loaded, since there is no key to seal it with", { remedy });
    return;
  }
  const known = await notedKey(store);
  const keys = known === undefined || !source.isGenerated ? source.forSealing() : source.forOpening();
  const noted = known ?? (await noteKey(store, keys[0]?.id ?? ""));
  if (keys.some(({ id }) => id === noted)) {
    if (source.isGenerated && isShared && known === undefined) {
      log("warn", "A key was made that seals secrets of blocks. Other servers on this database need it", {
        place: source.place,
        remedy: "Set SLUICE_ENCRYPTION_KEY to what is in that file on every server",
      });
    }
    return;
  }
  const problem = `Secrets in this database are sealed with key ${noted}, which is not in ${source.place}.`;
  const remedy = "Set SLUICE_ENCRYPTION_KEY to the keys of the server that sealed them.";
  if (source.isGenerated && isShared)
    throw new EncryptionKeyError(`${problem} ${remedy}`, { details: { keyId: noted } });
  log("warn", "Blocks that were sealed before cannot be opened", {
    keyId: noted,
    place: source.place,
    remedy,
  });
}

/** After a rotation: the key that everything is sealed with now. */
export async function replaceNotedKey(store: Store, keyId: string): Promise<void> {
  const entry = await findEntry(store, ENTRY);
  if (entry === undefined) await noteKey(store, keyId);
  else await store.objects("configuration").update(entry.id, { value: { key_id: keyId } });
}

/** Of several servers that start at once the first decides. */
async function noteKey(store: Store, keyId: string): Promise<string> {
  const { object } = await store.objects("configuration").insert(newEntry(ENTRY, { key_id: keyId }));
  return keyIdOf(object.value) ?? keyId;
}

async function notedKey(store: Store): Promise<string | undefined> {
  return keyIdOf((await findEntry(store, ENTRY))?.value);
}

function keyIdOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("key_id" in value)) return undefined;
  return typeof value.key_id === "string" ? value.key_id : undefined;
}
