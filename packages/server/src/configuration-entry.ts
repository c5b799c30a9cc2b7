/** What the server itself keeps in a history: one entry per key. */
import { type Configuration, canonicalTimestamp, type Store } from "@sluice/orchestration";
import { newId } from "@sluice/protocol";

/** An entry to insert. */
export function newEntry(key: string, value: unknown): Configuration {
  const now = canonicalTimestamp(new Date().toISOString());
  return { id: newId(), created: now, updated: now, key, value };
}

/** The entry of this key. */
export async function findEntry(
  store: Pick<Store, "objects">,
  key: string,
): Promise<Configuration | undefined> {
  const where = { type: "equals", member: "key", value: key } as const;
  const [entry] = await store.objects("configuration").list({ where, limit: 1 });
  return entry;
}
