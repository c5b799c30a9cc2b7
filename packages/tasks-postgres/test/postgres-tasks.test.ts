import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { flow, MemoryFileSystem, Secret, ThreadPoolTaskRunner, temporarySettings } from "@sluice/core";
import { DatabaseCredentials } from "@sluice/credentials-database";
import { describeWithServer, startServer, type TestServer } from "@sluice-internal/test-servers";
import { Client } from "pg";
import { afterEach, describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import {
  copyIntoPostgres,
  copyOutOfPostgres,
  executeManyPostgres,
  executePostgres,
  queryPostgres,
  sql,
  transactPostgres,
  type UnknownRow,
} from "../src/index.ts";
import { closing } from "./readme.ts";

// Every test makes a history, and the first one loads everything.
vi.setConfig({ testTimeout: 30_000 });

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a statement", () => {
  it("has parameters in the places of its values", () => {
    const day = sql`day = ${"2024-01-01"}`;
    const { text, values } =
      sql`select ${sql.identifier("s", 'a"b')} from t where ${day} and id = any(${[1, 2]}) and ${day}`;
    expect(text).toBe('select "s"."a""b" from t where day = $1 and id = any($2) and day = $3');
    expect(values).toEqual(["2024-01-01", [1, 2], "2024-01-01"]);
  });

  it("takes a secret as what it is, and refuses undefined", () => {
    expect(sql`select ${new Secret("s3cret")}`.values).toEqual(["s3cret"]);
    expect(() => sql`select ${undefined}`).toThrow("Value 1 of a statement is undefined. Give null");
  });
});

describeWithServer("postgres", (server) => {
  it("gives rows, of the type that is said or checked", async () => {
    const credentials = credentialsFor(server());
    const { believed, checked, mapped } = await inFlow(async () => {
      const unknown = await queryPostgres(credentials, sql`select 1 as n`);
      expectTypeOf(unknown).toEqualTypeOf<readonly UnknownRow[]>();
      const believed = await queryPostgres(credentials, sql<{ n: number }>`select ${7}::int as n`);
      expectTypeOf(believed).toEqualTypeOf<readonly { n: number }[]>();
      const row = z.object({ n: z.coerce.number(), at: z.date() });
      const checked = await queryPostgres.submit(
        credentials,
        sql.typed(row)`select 12345678901::int8 as n, ${"2024-01-01T00:00:00Z"}::timestamptz as at`,
      );
      expectTypeOf(checked).toEqualTypeOf<readonly { n: number; at: Date }[]>();
      const statements = [1, 2, 3].map((n) => sql<{ n: number }>`select ${n}::int as n`);
      const mapped = await queryPostgres.map(credentials, statements);
      expectTypeOf(mapped).toEqualTypeOf<(readonly { n: number }[])[]>();
      return { believed, checked, mapped: mapped.flat() };
    });
    expect(believed).toEqual([{ n: 7 }]);
    expect(checked).toEqual([{ n: 12_345_678_901, at: new Date("2024-01-01") }]);
    expect(mapped).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it("leaves dates and times without a time zone as they are written", async () => {
    const statement = sql`select date '2024-03-31' as day, timestamp '2024-03-31 02:30' as at, array[date '2024-03-31'] as days`;
    const rows = await inFlow(() => queryPostgres(credentialsFor(server()), statement));
    expect(rows).toEqual([{ day: "2024-03-31", at: "2024-03-31 02:30:00", days: ["2024-03-31"] }]);
  });

  it("tells rows that are too many, or not as they should be", async () => {
    const credentials = credentialsFor(server());
    const query = sql`select generate_series(1, 10000000) as n`;
    const many = inMemory(() => queryPostgres(credentials, query, { maxRows: 10 }));
    await expect(many).rejects.toMatchObject({
      kind: "rows",
      message: expect.stringMatching(/more than 10 rows.*copyOutOfPostgres/),
    });
    const row = z.object({ total: z.number() });
    const wrong = sql.typed(row)`select 1.5::numeric as total`;
    await expect(inMemory(() => queryPostgres(credentials, wrong))).rejects.toThrow(
      /Row 1 of the query does not fit its schema: total: .*z\.coerce\.number/,
    );
  });

  it("changes rows in one transaction, or none of them", async () => {
    const credentials = credentialsFor(server());
    const inserts = (...ids: number[]) => ids.map((id) => sql`insert into many values (${id})`);
    const result = await inFlow(async () => {
      await executePostgres(credentials, sql`create table many (id int primary key)`);
      const inserted = await executeManyPostgres(credentials, inserts(1, 2, 3));
      const state = await executeManyPostgres.returnState(credentials, inserts(4, 5, 3));
      const deleted = await executePostgres(credentials, sql`delete from many where id = 1`);
      return { inserted, failed: state.isFailed(), deleted, left: await countOf(credentials, "many") };
    });
    expect(result).toEqual({ inserted: 3, failed: true, deleted: 1, left: 2 });
  });

  it("runs a function in a transaction, and undoes it when it throws", async () => {
    const credentials = credentialsFor(server());
    const result = await inFlow(async () => {
      await executePostgres(credentials, sql`create table lines (id serial, word text)`);
      const id = await transactPostgres(
        credentials,
        async (transaction) => {
          const [row] = await transaction.query(
            sql.typed(z.object({ id: z.int() }))`insert into lines (word) values ('a') returning id`,
          );
          await transaction.execute(sql`insert into lines (word) values ('b')`);
          return row?.id;
        },
        { isolation: "serializable" },
      );
      expectTypeOf(id).toEqualTypeOf<number | undefined>();
      const state = await transactPostgres.returnState(credentials, async (transaction) => {
        await transaction.execute(sql`delete from lines`);
        throw new Error("changed my mind");
      });
      return { id, failed: state.isFailed(), left: await countOf(credentials, "lines") };
    });
    expect(result).toEqual({ id: 1, failed: true, left: 2 });
    const wrong = { isolation: "none; drop table lines" as "serializable" };
    await expect(inMemory(() => transactPostgres(credentials, async () => 1, wrong))).rejects.toThrow(
      "must be one of",
    );
  });

  it("copies from a file and to a file", async () => {
    const credentials = credentialsFor(server());
    const fileSystem = new MemoryFileSystem();
    await fileSystem.write("in.csv", 'id,word\n1,"a,b"\n2,\n3,"é"\n');
    const result = await inFlow(async () => {
      await executePostgres(credentials, sql`create table words (id int, word text)`);
      const rows = await copyIntoPostgres(credentials, { fileSystem, path: "in.csv" }, { table: "words" });
      const columns = { table: ["public", "words"], columns: ["word", "id"], format: "text" } as const;
      const more = await copyIntoPostgres(credentials, "x'y\t4\n", columns);
      const query = sql`select * from words where word = ${"x'y"} or id < ${2}`;
      const out = await copyOutOfPostgres(credentials, query, { fileSystem, path: "out.csv" });
      const all = await copyOutOfPostgres(credentials, { table: "words" }, { fileSystem, path: "all.csv" });
      return { rows, more, out, all: all.rows };
    });
    expect(result).toEqual({ rows: 3, more: 1, out: { rows: 2, bytes: 22 }, all: 4 });
    expect(Buffer.from(await fileSystem.read("out.csv")).toString()).toBe('id,word\n1,"a,b"\n4,x\'y\n');
  });

  it("copies all of a file, or nothing of it", async () => {
    const credentials = credentialsFor(server());
    await inMemory(() => executePostgres(credentials, sql`create table numbers (id int)`));
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("1\n2\n");
      throw new Error("the source broke");
    }
    const options = { table: "numbers", header: false };
    await expect(inMemory(() => copyIntoPostgres(credentials, broken(), options))).rejects.toThrow(
      "the source broke",
    );
    await expect(inMemory(() => copyIntoPostgres(credentials, "1\ntwo\n", options))).rejects.toThrow(
      /invalid input syntax.*"two"/,
    );
    expect(await inMemory(() => countOf(credentials, "numbers"))).toBe(0);
    const fileSystem = new MemoryFileSystem();
    const slow = sql`select 100 / (5000 - n) from generate_series(1, 5000) n`;
    const out = inMemory(() => copyOutOfPostgres(credentials, slow, { fileSystem, path: "out.csv" }));
    await expect(out).rejects.toThrow("division by zero (22012)");
    expect(await fileSystem.list()).toMatchObject({ files: [] });
  });

  it("stops copying out when the file cannot be written", async () => {
    const credentials = credentialsFor(server());
    const fileSystem = Object.assign(new MemoryFileSystem(), {
      write: async (_: string, content: AsyncIterable<Uint8Array>) => {
        for await (const _chunk of content) throw new Error("the disk is full");
      },
    });
    const endless = sql`select 'stop_by_disk', generate_series(1, 1000000000)`;
    const out = inMemory(() => copyOutOfPostgres(credentials, endless, { fileSystem, path: "out.csv" }));
    await expect(out).rejects.toThrow("the disk is full");
    await expectNothingRuns(credentials, "stop_by_disk");
  });

  it("copies in, in constant memory", async () => {
    const credentials = credentialsFor(server());
    const line = Buffer.from(`${"x".repeat(999)}\n`.repeat(100));
    async function* lines(): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 500; count += 1) yield line;
    }
    await inMemory(() => executePostgres(credentials, sql`create unlogged table large (word text)`));
    const before = process.memoryUsage().rss;
    const rows = await inMemory(() =>
      copyIntoPostgres(credentials, lines(), { table: "large", header: false }),
    );
    expect(rows).toBe(50_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(80_000_000);
  });

  it("copies out in constant memory, however slow the file system is", async () => {
    const credentials = credentialsFor(server());
    let bytes = 0;
    const fileSystem = Object.assign(new MemoryFileSystem(), {
      write: async (_: string, content: AsyncIterable<Uint8Array>) => {
        for await (const chunk of content) {
          bytes += chunk.length;
          await new Promise(setImmediate);
        }
      },
    });
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const query = sql`select repeat('x', 1000) from generate_series(1, 100000)`;
    const { rows } = await inMemory(() =>
      copyOutOfPostgres(credentials, query, { fileSystem, path: "big" }, { header: false }),
    );
    expect([rows, bytes]).toEqual([100_000, 100_100_000]);
    expect(process.memoryUsage().rss - before).toBeLessThan(80_000_000);
  });

  it("stops a statement on the server when its task takes too long", async () => {
    const credentials = credentialsFor(server());
    const short = queryPostgres.withOptions({ timeoutSeconds: 0.5 });
    const slow = sql`select pg_sleep(600) as stop_by_timeout`;
    await expect(inFlow(() => short(credentials, slow))).rejects.toMatchObject({ code: "TIMED_OUT" });
    await expectNothingRuns(credentials, "stop_by_timeout");
  });

  it("stops statements, COPY and transactions when the flow is cancelled", async () => {
    const credentials = credentialsFor(server());
    const cancelling = new AbortController();
    const run = inFlow(async () => {
      const fileSystem = new MemoryFileSystem();
      const slow = sql`select pg_sleep(600) as stop_by_cancel`;
      await Promise.all([
        queryPostgres.withOptions({ signal: cancelling.signal })(credentials, slow),
        copyOutOfPostgres.withOptions({ signal: cancelling.signal })(credentials, slow, {
          fileSystem,
          path: "x",
        }),
        transactPostgres.withOptions({ signal: cancelling.signal })(credentials, (tx) => tx.query(slow)),
      ]);
    });
    run.catch(() => undefined);
    await vi.waitFor(async () => expect(await running(credentials, "stop_by_cancel")).toBe(3), {
      timeout: 10_000,
    });
    cancelling.abort(new Error("changed my mind"));
    await expect(run).rejects.toThrow("changed my mind");
    await expectNothingRuns(credentials, "stop_by_cancel");
  });

  it("has the server stop a statement that takes longer than it may", async () => {
    const credentials = credentialsFor(server());
    const limited = inFlow(async () => {
      const state = await queryPostgres.returnState(credentials, sql`select pg_sleep(600)`, {
        statementTimeoutSeconds: 0.2,
      });
      // The connection is used again, without that limit.
      await queryPostgres(credentials, sql`select pg_sleep(0.3)`);
      return state.message;
    });
    expect(await limited).toMatch(/statement timeout \(57014\)/);
  });

  it("waits for a turn when all connections are in use", async () => {
    const credentials = credentialsFor(server(), { maxConnections: 2 });
    const used = await inFlow(async () => {
      const statements = Array.from(
        { length: 12 },
        (_, n) => sql<{ pid: number }>`select pg_backend_pid() as pid, ${n}::int`,
      );
      return (await queryPostgres.map(credentials, statements)).flat().map(({ pid }) => pid);
    });
    expect(used).toHaveLength(12);
    expect(new Set(used).size).toBeLessThanOrEqual(2);
  });

  it("closes its connections when the flow run ends, and is told by name", async () => {
    const credentials = credentialsFor(server());
    const name = await inFlow(async () => {
      const [row] = await queryPostgres(
        credentials,
        sql<{ name: string }>`select current_setting('application_name') as name`,
      );
      return row?.name ?? "";
    });
    expect(name).toMatch(/^sluice \S+-\S+/);
    await vi.waitFor(async () => expect(await connectionsOf(credentials, name)).toBe(0));
  });

  it("says what is wrong, and what to do, without secrets", async () => {
    const wrong = credentialsFor(server(), { password: "wrong-password" });
    const failure = await inMemory(() => queryPostgres(wrong, sql`select 1`)).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: "CREDENTIALS",
      message: expect.stringContaining("Check username and password"),
    });
    expect(inspect(failure, { depth: 9 })).not.toContain("wrong-password");
    const credentials = credentialsFor(server());
    await expect(inMemory(() => queryPostgres(credentials, sql`selekt 1`))).rejects.toThrow(
      /syntax error.*Correct the statement/,
    );
    await expect(inMemory(() => queryPostgres(credentials, "select 1" as never))).rejects.toThrow(
      "written with the tag sql",
    );
  });

  it("tells that its connection was ended in the middle, and goes on with another", async () => {
    const credentials = credentialsFor(server());
    const ended = inFlow(async () => {
      const [row] = await queryPostgres(credentials, sql<{ pid: number }>`select pg_backend_pid() as pid`);
      const statement = sql`select pg_sleep(600)`;
      const slow = queryPostgres.submit(credentials, statement);
      await vi.waitFor(async () => expect(await running(credentials, "pg_sleep(600)")).toBe(1), {
        timeout: 10_000,
      });
      await asAdministrator(
        credentials,
        `select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep(600)%'`,
      );
      await slow.wait();
      const again = await queryPostgres(credentials, sql`select 1 as n`);
      return { pid: row?.pid, message: slow.state.message, again };
    });
    expect(await ended).toMatchObject({
      message: expect.stringMatching(/57P01\). The server ended the connection/),
      again: [{ n: 1 }],
    });
  });

  it("runs in another thread, with credentials by their name", async () => {
    const { url, env } = server();
    const full = new URL(url);
    full.password = env["PGPASSWORD"] ?? "";
    vi.stubEnv("SLUICE_BLOCK_DATABASE_CREDENTIALS__SHOP", JSON.stringify({ url: full.href }));
    const taskRunner = new ThreadPoolTaskRunner({ limit: 1 });
    const elsewhere = flow({ name: "elsewhere", taskRunner }, async () => {
      const rows = await queryPostgres.submit("shop", sql<{ n: number }>`select 1 as n`);
      const short = queryPostgres.withOptions({ timeoutSeconds: 1 });
      const state = await short.submit("shop", sql`select pg_sleep(600) as stop_in_thread`).wait();
      return { rows, state: state.name };
    });
    expect(await inMemory(() => elsewhere())).toEqual({ rows: [{ n: 1 }], state: "TimedOut" });
    await expectNothingRuns(credentialsFor(server()), "stop_in_thread");
  });

  it("does what the README says", async () => {
    const credentials = credentialsFor(server());
    const directory = join(tmpdir(), `sluice-tasks-postgres-${randomUUID()}`);
    await inMemory(() =>
      executeManyPostgres(credentials, [
        sql`create table orders (day date, name text, total numeric, is_closed bool)`,
        sql`insert into orders values ('2024-01-01', 'ada', 9.5), ('2024-01-01', 'bob', 7)`,
      ]),
    );
    const { url, env } = server();
    const full = new URL(url);
    full.password = env["PGPASSWORD"] ?? "";
    vi.stubEnv("SLUICE_BLOCK_DATABASE_CREDENTIALS__SHOP", JSON.stringify({ url: full.href }));
    vi.stubEnv("SLUICE_BLOCK_LOCAL_FILE_SYSTEM__REPORTS", JSON.stringify({ basepath: directory }));
    expect(await inMemory(() => closing({ day: "2024-01-01" }))).toBe("ada");
    expect(await readFile(join(directory, "2024-01-01.csv"), "utf8")).toContain("2024-01-01,ada,9.5,t\n");
    const [readme, example] = await Promise.all(
      ["../README.md", "readme.ts"].map((path) => readFile(new URL(path, import.meta.url), "utf8")),
    );
    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
  });
});

describeWithServer(
  "postgres",
  (server) => {
    it("stops a statement over an encrypted connection", async () => {
      const credentials = credentialsFor(server(), { tls: { ca: server().env["PGSSLROOTCERT"] } });
      const short = queryPostgres.withOptions({ timeoutSeconds: 1 });
      const slow = sql`select pg_sleep(600) as stop_encrypted`;
      await expect(inFlow(() => short(credentials, slow))).rejects.toMatchObject({ code: "TIMED_OUT" });
      await expectNothingRuns(credentials, "stop_encrypted");
    });
  },
  { tls: true },
);

describeWithServer(
  "postgres",
  (server) => {
    it("tells that the server takes no more connections", async () => {
      const credentials = credentialsFor(server(), { maxConnections: 20 });
      const messages = await inFlow(async () => {
        const statements = Array.from({ length: 12 }, () => sql`select pg_sleep(1)`);
        const states = await Promise.all(
          statements.map((statement) => queryPostgres.returnState(credentials, statement)),
        );
        return states.map(({ message }) => message ?? "");
      });
      expect(messages.join("\n")).toMatch(/too many clients.*\(53300\)\. Lower maxConnections/);
    });
  },
  { settings: ["max_connections=6", "superuser_reserved_connections=1"] },
);

describe("a server that ends in the middle", () => {
  it("is told of, and nothing hangs", async () => {
    const server = await startServer("postgres", {});
    if ("reason" in server) return;
    onTestFinished(() => server.stop());
    const credentials = credentialsFor(server);
    const run = inFlow(() => queryPostgres(credentials, sql`select pg_sleep(600) as until_killed`));
    run.catch(() => undefined);
    await vi.waitFor(async () => expect(await running(credentials, "until_killed")).toBe(1), {
      timeout: 10_000,
    });
    await server.stop();
    await expect(run).rejects.toMatchObject({ code: "EXTERNAL_SERVICE", kind: "lost" });
  });
});

/** A flow of its own, with a history in memory. */
function inFlow<T>(work: () => Promise<T>): Promise<T> {
  return inMemory(() => flow({ name: "one" }, work)() as Promise<T>);
}

function inMemory<T>(work: () => Promise<T>): Promise<T> {
  const home = join(tmpdir(), `sluice-tasks-postgres-${randomUUID()}`);
  return temporarySettings({ home, "history.mode": "memory", "logging.to_terminal": false }, work);
}

type Fields = ConstructorParameters<typeof DatabaseCredentials>[0];

function credentialsFor({ url, env }: TestServer, fields: Fields = {}): DatabaseCredentials {
  const { hostname: host, port, username } = new URL(url);
  return new DatabaseCredentials({
    host,
    port,
    username,
    password: env["PGPASSWORD"],
    database: "postgres",
    ...fields,
  });
}

async function countOf(credentials: DatabaseCredentials, table: string): Promise<number> {
  const [row] = await queryPostgres(
    credentials,
    sql<{ n: number }>`select count(*)::int as n from ${sql.identifier(table)}`,
  );
  return row?.n ?? -1;
}

/** How many statements with the word in them the server is at, this one excepted. */
function running(credentials: DatabaseCredentials, word: string): Promise<number> {
  return asAdministrator(
    credentials,
    `select count(*)::int as n from pg_stat_activity where state = 'active' and strpos(query, '${word}') > 0 and pid <> pg_backend_pid()`,
  );
}

function connectionsOf(credentials: DatabaseCredentials, name: string): Promise<number> {
  return asAdministrator(
    credentials,
    `select count(*)::int as n from pg_stat_activity where application_name = '${name}'`,
  );
}

async function expectNothingRuns(credentials: DatabaseCredentials, word: string): Promise<void> {
  await vi.waitFor(async () => expect(await running(credentials, word)).toBe(0), { timeout: 5000 });
}

async function asAdministrator(credentials: DatabaseCredentials, text: string): Promise<number> {
  const client = new Client(await credentials.postgresConnection());
  await client.connect();
  try {
    const { rows } = await client.query<{ n: number }>(text);
    return rows[0]?.n ?? -1;
  } finally {
    await client.end();
  }
}
