/** The table of every noun. */
import type { ObjectNoun, StoredNouns } from "@sluice/orchestration";
import { InvalidRequestError } from "@sluice/protocol";
import type { ColumnKind } from "./column.ts";
import { EVENT_TABLE } from "./event-table.ts";
import { FLOW_RUN_TABLE } from "./flow-run-table.ts";
import { FLOW_TABLE } from "./flow-table.ts";
import { LOG_TABLE } from "./log-table.ts";
import type { ObjectTable } from "./object-table.ts";
import { OBJECT_TABLES } from "./object-tables.ts";
import { TASK_RUN_TABLE } from "./task-run-table.ts";

export type Noun = keyof StoredNouns;

const TABLES: Readonly<Record<Noun, { readonly kinds: ReadonlyMap<string, ColumnKind> }>> = {
  flow: FLOW_TABLE,
  flow_run: FLOW_RUN_TABLE,
  task_run: TASK_RUN_TABLE,
  log: LOG_TABLE,
  event: { kinds: new Map([...EVENT_TABLE.kinds, ["resource_ids", "tags"]]) },
  ...OBJECT_TABLES,
};

/**
 * How a member of a noun is kept.
 * @throws {InvalidRequestError} when the noun has no such member.
 */
export function kindOf(noun: Noun, member: string): ColumnKind {
  const kind = TABLES[noun].kinds.get(member);
  if (kind === undefined) throw new InvalidRequestError(`A ${noun} has no member ${member} to ask for.`);
  return kind;
}

/** Members that no object of any noun with such a member lacks, so far as lists are sorted by them. */
const REQUIRED: ReadonlySet<string> = new Set(["id", "created", "updated", "name", "timestamp", "occurred"]);

/** Whether the member is never missing. */
export function isRequired(member: string): boolean {
  return REQUIRED.has(member);
}

/** The table of a noun that is kept in an `ObjectStore`. */
export function objectTable<N extends ObjectNoun>(noun: N): ObjectTable<StoredNouns[N]> {
  return OBJECT_TABLES[noun] as unknown as ObjectTable<StoredNouns[N]>;
}
