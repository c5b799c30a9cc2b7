/** The condition of the partial indexes on runs that have not ended, of which there are few however old the history. */
import { TERMINAL_STATE_TYPES } from "@sluice/protocol";

const TERMINAL = TERMINAL_STATE_TYPES.map((type) => `'${type}'`).join(", ");

/** SQL that is true of live runs; a query uses the partial index of its table only when it contains this. */
export function isLive(table: string): string {
  return `coalesce(${table}.state_type, '') NOT IN (${TERMINAL})`;
}
