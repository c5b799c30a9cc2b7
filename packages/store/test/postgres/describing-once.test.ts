import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { describingOnce } from "../../src/postgres/describing-once.ts";
import { describePostgres, emptyPostgresDatabase } from "../../src/testing/index.ts";

const SUM = { name: "sum", text: "SELECT $1::int + 1 AS sum, NULL AS nothing" };
const NONE = { name: "none", text: "SELECT 1 AS one WHERE $1 = 'x'" };

describePostgres("a connection that describes a statement once", () => {
  it("gives the same rows whenever the statement runs, and asks for its columns only at first", async () => {
    const { client, descriptions } = await connection();
    for (const value of ["1", "2", "3"]) {
      const { rows, rowCount } = await client.query({ ...SUM, values: [value] });
      expect({ rows, rowCount }).toEqual({ rows: [{ sum: Number(value) + 1, nothing: null }], rowCount: 1 });
    }
    expect(descriptions()).toBe(1);
  });

  it("knows statements apart that are under way at once", async () => {
    const { client } = await connection();
    const ask = async (value: string): Promise<unknown> =>
      (await client.query({ ...SUM, values: [value] })).rows[0]?.["sum"];
    const none = async (): Promise<number> => (await client.query({ ...NONE, values: ["y"] })).rows.length;
    for (let round = 0; round < 3; round += 1) {
      expect(await Promise.all([ask("1"), none(), ask("2"), none()])).toEqual([2, 0, 3, 0]);
    }
  });

  it("lets errors through, and goes on", async () => {
    const { client } = await connection();
    for (let round = 0; round < 3; round += 1) {
      await expect(client.query({ ...SUM, values: ["one"] })).rejects.toMatchObject({ code: "22P02" });
      expect((await client.query({ ...SUM, values: ["4"] })).rows).toEqual([{ sum: 5, nothing: null }]);
    }
  });

  it("leaves statements without a name to the driver", async () => {
    const { client, descriptions } = await connection();
    await client.query("SELECT 1");
    await client.query("SELECT $1::int", [1]);
    await client.query({ text: "SELECT $1::int", values: [1] });
    expect(descriptions()).toBe(3);
  });

  it("serves a pool", async () => {
    const pool = new pg.Pool({ connectionString: await emptyPostgresDatabase(), Client: describingOnce(pg) });
    onTestFinished(() => pool.end());
    for (const value of ["1", "2"]) expect((await pool.query({ ...SUM, values: [value] })).rowCount).toBe(1);
    await expect(pool.query({ ...SUM, values: ["one"] })).rejects.toMatchObject({ code: "22P02" });
  });
});

async function connection(): Promise<{ client: pg.Client; descriptions: () => number }> {
  const Client = describingOnce(pg);
  const client = new Client({ connectionString: await emptyPostgresDatabase(), pipeline: true });
  await client.connect();
  onTestFinished(() => client.end());
  let count = 0;
  // Of the driver's connection, which its types do not show.
  const { connection: wire } = client as unknown as { readonly connection: NodeJS.EventEmitter };
  wire.on("rowDescription", () => {
    count += 1;
  });
  return { client, descriptions: () => count };
}
