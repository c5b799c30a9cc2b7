/**
 * One server per SQLite file: events reach listeners within a process, so a second server would not tell its clients what
 * happens through the first. Programs without a server may use the file beside it. PostgreSQL takes any number of servers.
 */
import { currentOwner, isOwnerAlive, type Store } from "@sluice/orchestration";
import { ConflictError, type RunOwner } from "@sluice/protocol";
import { findEntry, newEntry } from "./configuration-entry.ts";

const CONFIGURATION_KEY = "server-process";

/**
 * Marks the file as served by this process; the function it gives takes the mark away. The mark of a process that is gone
 * does not count, nor one of another machine, of which nothing is known here.
 * @throws {ConflictError} when a live process of this machine serves the file.
 */
export async function claimSqliteFile(store: Store): Promise<() => Promise<void>> {
  const owner = currentOwner();
  const entry = newEntry(CONFIGURATION_KEY, owner);
  await store.transaction(async (inner) => {
    const configuration = inner.objects("configuration");
    const claim = await findEntry(inner, CONFIGURATION_KEY);
    if (claim !== undefined) {
      const holder = claim.value as RunOwner;
      if (isOwnerAlive(holder) === true) {
        throw new ConflictError(
          `Process ${holder.pid} serves ${store.location} already. Stop it, give this server another file with --database-path, or use PostgreSQL, which several servers can share.`,
          { details: { location: store.location, pid: holder.pid } },
        );
      }
      await configuration.delete(claim.id);
    }
    await configuration.insert(entry);
  });
  return async () => void (await store.objects("configuration").delete(entry.id));
}
