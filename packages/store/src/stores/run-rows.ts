/** What flow runs and task runs have in common in SQL: a row with the run's facts and, beside it, a history of states. */
import type { WireState } from "@sluice/protocol";
import type { SqlRow, SqlSession, SqlStatement, SqlValue } from "../sql-session.ts";
import type { ObjectTable } from "../tables/object-table.ts";
import { decodeState, hasItsState, type StateTable } from "../tables/state-table.ts";

interface RunWithState {
  readonly id: string;
  readonly state: WireState | null;
}

export interface RunMapping<Run extends RunWithState, Facts extends object> {
  readonly table: ObjectTable<Facts>;
  readonly states: StateTable;
  /** The columns to write for the members present. */
  readonly toFacts: (run: Partial<Run>) => Partial<Facts>;
  readonly fromFacts: (facts: Facts, state: WireState | null) => Run;
}

export class RunRows<Run extends RunWithState, Facts extends object> {
  readonly #mapping: RunMapping<Run, Facts>;

  constructor(mapping: RunMapping<Run, Facts>) {
    this.#mapping = mapping;
  }

  decode(row: SqlRow): Run {
    return this.#mapping.fromFacts(this.#mapping.table.decode(row), decodeState(row));
  }

  /** The run for which `condition` holds; it may have parameters. */
  async find(
    session: SqlSession,
    condition: string,
    parameters: readonly string[],
  ): Promise<Run | undefined> {
    const { table, states } = this.#mapping;
    const sql = `${states.selectRunsSql} WHERE ${condition}${session.lockOf(table.name, "wait")}`;
    let [row] = await session.all(sql, parameters);
    // Who waits for a lock gets the run as it is then, but the other tables' rows as they were when it began to wait.
    if (row !== undefined && !hasItsState(row)) [row] = await session.all(sql, parameters);
    return row && this.decode(row);
  }

  findById(session: SqlSession, id: string): Promise<Run | undefined> {
    return this.find(session, `${this.#mapping.table.name}.id = ?`, [id]);
  }

  /** Inserts a run with its state; gives it as stored, or nothing when it, or another with a key of its, is there. */
  async insert(session: SqlSession, run: Run): Promise<Run | undefined> {
    const { table, states, toFacts, fromFacts } = this.#mapping;
    const values: SqlValue[] = table.encode(toFacts(run));
    const others = run.state === null ? [] : [states.insertInChain(run.id, run.state)];
    const inserted = await session.runChain({ sql: table.insertSql, parameters: values }, others);
    return inserted === 1
      ? fromFacts(table.decodeValues(values), run.state && states.asStored(run.id, run.state))
      : undefined;
  }

  /**
   * Writes the members present, a state that is present to the history, and what else follows from the change; says
   * whether there is such a run.
   */
  async update(
    session: SqlSession,
    id: string,
    change: { readonly members: Partial<Run>; readonly then?: readonly SqlStatement[] },
  ): Promise<boolean> {
    const { table, states, toFacts } = this.#mapping;
    const statement = table.update(id, toFacts(change.members));
    if (statement === undefined) {
      return (await session.all(`SELECT id FROM ${table.name} WHERE id = ?`, [id])).length === 1;
    }
    const { state } = change.members;
    const others = [...(state ? [states.insertInChain(id, state)] : []), ...(change.then ?? [])];
    return (await session.runChain(statement, others)) === 1;
  }

  /** Every state of a run, oldest first. */
  listStates(session: SqlSession, id: string): Promise<WireState[]> {
    return this.#mapping.states.list(session, id);
  }

  /** A state of some run, by its own id. */
  findState(session: SqlSession, id: string): Promise<WireState | undefined> {
    return this.#mapping.states.find(session, id);
  }
}
