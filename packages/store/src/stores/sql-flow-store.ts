/** Flows in SQL. */
import type { Condition, FlowStore, MemberOf, ObjectQuery } from "@sluice/orchestration";
import { ConflictError, type Flow } from "@sluice/protocol";
import type { SqlDatabase } from "../sql-session.ts";
import { FLOW_TABLE } from "../tables/flow-table.ts";
import { countRows, countRowsBy, listObjects } from "./listing.ts";

const FIND_SQL = "SELECT * FROM flow WHERE id = ?";
const DELETE_SQL = "DELETE FROM flow WHERE id = ?";
const FIND_BY_NAME_SQL = "SELECT * FROM flow WHERE name = ?";

export class SqlFlowStore implements FlowStore {
  readonly #database: SqlDatabase;

  constructor(database: SqlDatabase) {
    this.#database = database;
  }

  insert(flow: Flow): Promise<{ flow: Flow; created: boolean }> {
    return this.#database.write(async (session) => {
      const inserted = await session.run(FLOW_TABLE.insertSql, FLOW_TABLE.encode(flow));
      const [row] = await session.all(FIND_BY_NAME_SQL, [flow.name]);
      if (row === undefined) throw new ConflictError(`Another flow than ${flow.name} has the id ${flow.id}.`);
      return { flow: FLOW_TABLE.decode(row), created: inserted === 1 };
    });
  }

  async update(id: string, changes: Partial<Flow>): Promise<boolean> {
    const statement = FLOW_TABLE.update(id, changes);
    if (statement === undefined) return (await this.find(id)) !== undefined;
    const { sql, parameters } = statement;
    return (await this.#database.writeOnce((session) => session.run(sql, parameters))) === 1;
  }

  async delete(id: string): Promise<boolean> {
    return (await this.#database.writeOnce((session) => session.run(DELETE_SQL, [id]))) === 1;
  }

  async find(id: string): Promise<Flow | undefined> {
    const [row] = await this.#database.read((session) =>
      session.all(`${FIND_SQL}${session.lockOf("flow", "wait")}`, [id]),
    );
    return row && FLOW_TABLE.decode(row);
  }

  async list(query: ObjectQuery<Flow>): Promise<Flow[]> {
    const rows = await listObjects(this.#database, { noun: "flow", query });
    return rows.map((row) => FLOW_TABLE.decode(row));
  }

  count(where?: Condition<Flow>): Promise<number> {
    return countRows(this.#database, "flow", where);
  }

  countBy(member: MemberOf<Flow>, where?: Condition<Flow>): Promise<ReadonlyMap<string, number>> {
    return countRowsBy(this.#database, { noun: "flow", member }, where);
  }
}
