/** Statements straight into a database, in the words of its kind: millions of rows are not sent through an API. */
import Database from "libsql";
import { Client } from "pg";

export interface SqlWriter {
  run(sql: string): Promise<void>;
  /** A table of the numbers from `first` to `last` in the column `n`. */
  numbers(first: number, last: number): string;
  /** An id made of a kind, four hexadecimal digits, and a number; ids of one kind are in the order of their numbers. */
  id(kind: string, number: string): string;
  /** As `id`, as text. */
  idText(kind: string, number: string): string;
  /** The instant so many seconds after 1970. */
  instant(seconds: string): string;
  boolean(value: boolean): string;
  /** An expression of text as a value of a JSON column. */
  json(text: string): string;
  /** Does what the database does by itself to a history that grew over months. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export function sqliteWriter(path: string): SqlWriter {
  const database = new Database(path);
  database.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA foreign_keys = OFF");
  const id = (kind: string, number: string): string =>
    `printf('0190${kind}-0000-7000-8000-%012x', ${number})`;
  return {
    run: async (sql) => void database.exec(sql),
    numbers: (first, last) =>
      `(WITH RECURSIVE counted(n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM counted WHERE n < ${last}) SELECT n FROM counted)`,
    id,
    idText: id,
    instant: (seconds) => `strftime('%Y-%m-%dT%H:%M:%f000Z', ${seconds}, 'unixepoch')`,
    boolean: (value) => (value ? "1" : "0"),
    json: (text) => text,
    settle: async () => undefined,
    close: async () => void database.close(),
  };
}

export async function postgresWriter(url: string): Promise<SqlWriter> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const idText = (kind: string, number: string): string =>
    `('0190${kind}-0000-7000-8000-' || lpad(to_hex((${number})::bigint), 12, '0'))`;
  return {
    run: async (sql) => void (await client.query(sql)),
    numbers: (first, last) => `generate_series(${first}::bigint, ${last}::bigint) AS counted(n)`,
    id: (kind, number) => `${idText(kind, number)}::uuid`,
    idText,
    instant: (seconds) => `to_timestamp(${seconds})`,
    boolean: (value) => `${value}`,
    json: (text) => `(${text})::json`,
    settle: async () => void (await client.query("VACUUM (ANALYZE)")),
    close: () => client.end(),
  };
}
