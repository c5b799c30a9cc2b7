/** Objects of one noun in SQL. */
import {
  type Condition,
  type MemberOf,
  type ObjectNoun,
  type ObjectQuery,
  type ObjectStore,
  type StoredNouns,
  UNIQUE_KEYS,
} from "@sluice/orchestration";
import { ConflictError } from "@sluice/protocol";
import type { SqlDatabase, SqlSession, SqlValue } from "../sql-session.ts";
import { objectTable } from "../tables/noun-tables.ts";
import { type ObjectTable, quoted } from "../tables/object-table.ts";
import { countRows, countRowsBy, listObjects } from "./listing.ts";

export class SqlObjectStore<N extends ObjectNoun> implements ObjectStore<StoredNouns[N]> {
  readonly #database: SqlDatabase;
  readonly #noun: N;
  readonly #table: ObjectTable<StoredNouns[N]>;
  readonly #uniqueKeys: readonly (readonly string[])[];

  constructor(database: SqlDatabase, noun: N) {
    this.#database = database;
    this.#noun = noun;
    this.#table = objectTable(noun);
    this.#uniqueKeys = UNIQUE_KEYS[noun];
  }

  async insert(object: StoredNouns[N]): Promise<{ object: StoredNouns[N]; created: boolean }> {
    const values = this.#table.encode(object);
    const inserted = await this.#database.writeOnce((session) => session.run(this.#table.insertSql, values));
    if (inserted === 1) return { object: this.#table.decodeValues(values), created: true };
    const known = await this.#database.read((session) => this.#findSame(session, values));
    if (known !== undefined) return { object: known, created: false };
    throw new ConflictError(
      `The ${this.#noun.replaceAll("_", " ")} ${object.id} met another with its keys, which was deleted meanwhile. Try again.`,
    );
  }

  async find(id: string): Promise<StoredNouns[N] | undefined> {
    const { name } = this.#table;
    const [row] = await this.#database.read((session) =>
      session.all(`SELECT * FROM ${name} WHERE id = ?${session.lockOf(name, "wait")}`, [id]),
    );
    return row && this.#table.decode(row);
  }

  async update(id: string, changes: Partial<StoredNouns[N]>): Promise<boolean> {
    const statement = this.#table.update(id, changes);
    if (statement === undefined) return (await this.find(id)) !== undefined;
    const { sql, parameters } = statement;
    const isKeyChanged = this.#uniqueKeys.flat().some((member) => member in changes);
    const changed = await this.#database.writeOnce((session) =>
      isKeyChanged ? session.attempt(sql, parameters) : session.run(sql, parameters),
    );
    return changed === 1;
  }

  async delete(id: string): Promise<boolean> {
    const sql = `DELETE FROM ${this.#table.name} WHERE id = ?`;
    return (await this.#database.writeOnce((session) => session.run(sql, [id]))) === 1;
  }

  async list(query: ObjectQuery<StoredNouns[N]>): Promise<StoredNouns[N][]> {
    const rows = await listObjects(this.#database, { noun: this.#noun, query });
    return rows.map((row) => this.#table.decode(row));
  }

  count(where?: Condition<StoredNouns[N]>): Promise<number> {
    return countRows(this.#database, this.#noun, where);
  }

  countBy(
    member: MemberOf<StoredNouns[N]>,
    where?: Condition<StoredNouns[N]>,
  ): Promise<ReadonlyMap<string, number>> {
    return countRowsBy(this.#database, { noun: this.#noun, member }, where);
  }

  /** The object with the same id, or another with one of the unique keys. */
  async #findSame(session: SqlSession, values: readonly SqlValue[]): Promise<StoredNouns[N] | undefined> {
    const columns = [...this.#table.kinds.keys()];
    for (const key of [["id"], ...this.#uniqueKeys]) {
      const condition = key.map((member) => `${quoted(member)} = ?`).join(" AND ");
      const parameters = key.map((member) => values[columns.indexOf(member)] ?? null);
      const [row] = await session.all(`SELECT * FROM ${this.#table.name} WHERE ${condition}`, parameters);
      if (row !== undefined) return this.#table.decode(row);
    }
    return undefined;
  }
}
