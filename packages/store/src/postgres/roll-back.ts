/** Ends a transaction without keeping anything of it. */
import type { PoolClient } from "pg";

/** Says whether the connection can still be used. */
export async function canRollBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query("ROLLBACK");
    return true;
  } catch {
    // The server ends the transactions of lost connections itself.
    return false;
  }
}
