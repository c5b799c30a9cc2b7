/**
 * One server per SQLite file: events reach listeners within a process, so a second server would not tell its clients what
 * happens through the first. Programs without a server may use the file beside it. PostgreSQL takes any number of servers.
 */
import { canonicalTimestamp, currentOwner, isOwnerAlive, type Store } from "@sluice/orchestration";
import { ConflictError, newId, type RunOwner } from "@sluice/protocol";

const CONFIGURATION_KEY = "server-process";

/**
 * Marks the file as served by this process; the function it gives takes the mark away. The mark of a process that is gone
 * does not count, nor one of another machine, of which nothing is known here.
 * @throws {ConflictError} when a live process of this machine serves the file.
 */
export async function claimSqliteFile(store: Store): Promise<() => Promise<void>> {
  const owner = currentOwner();
  const id = newId();
  await store.transaction(async (inner) => {
    const configuration = inner.objects("configuration");
    const [claim] = await configuration.list({
      where: { type: "equals", member: "key", value: CONFIGURATION_KEY },
      limit: 1,
    });
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
    const now = canonicalTimestamp(new Date().toISOString());
    await configuration.insert({ id, created: now, updated: now, key: CONFIGURATION_KEY, value: owner });
  });
  return async () => void (await store.objects("configuration").delete(id));
}
