/** What flow runs and task runs have in common in SQL: a row with the run's facts and, beside it, a history of states. */
import { ObjectNotFoundError, type WireState } from "@sluice/protocol";
import type { SqlRow, SqlSession } from "../sql-session.ts";
import type { ObjectTable } from "../tables/object-table.ts";
import { decodeState, type StateTable } from "../tables/state-table.ts";

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
    const [row] = await session.all(`${this.#mapping.states.selectRunsSql} WHERE ${condition}`, parameters);
    return row && this.decode(row);
  }

  findById(session: SqlSession, id: string): Promise<Run | undefined> {
    return this.find(session, `${this.#mapping.table.name}.id = ?`, [id]);
  }

  /** Inserts a run with its state; gives it as stored. */
  async insert(session: SqlSession, run: Run): Promise<Run> {
    const { table, states, toFacts } = this.#mapping;
    await session.run(table.insertSql, table.encode(toFacts(run)));
    if (run.state !== null) await session.run(states.insertSql, states.encode(run.id, run.state));
    const stored = await this.findById(session, run.id);
    if (stored === undefined) throw new ObjectNotFoundError(table.name.replace("_", " "), run.id);
    return stored;
  }

  /** Writes the members present, and a state that is present to the history; says whether there is such a run. */
  async update(session: SqlSession, id: string, changes: Partial<Run>): Promise<boolean> {
    const { table, states, toFacts } = this.#mapping;
    const statement = table.update(id, toFacts(changes));
    if (statement === undefined) {
      return (await session.all(`SELECT id FROM ${table.name} WHERE id = ?`, [id])).length === 1;
    }
    if ((await session.run(statement.sql, statement.parameters)) === 0) return false;
    if (changes.state) await session.run(states.insertSql, states.encode(id, changes.state));
    return true;
  }

  /** Every state of a run, oldest first. */
  listStates(session: SqlSession, id: string): Promise<WireState[]> {
    return this.#mapping.states.list(session, id);
  }
}
