/** Databases for tests, on the server that `postgres-global-setup.ts` started. */
import { Client } from "pg";
import { describe, inject, it, onTestFinished } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** The maintenance database of the run's server; empty without one. */
    sluicePostgresUrl: string;
  }
}

/** As `postgres-global-setup.ts` has it, which a test cannot import. */
const TEMPLATE_DATABASE = "sluice_template";

const MISSING = "PostgreSQL is not installed: there is no initdb on the PATH or in /usr/lib/postgresql";

/**
 * Empties every table but the schema's version, events before their counts, which change with them. Few rows are deleted
 * faster than many files are made anew.
 */
const EMPTY_SQL = `
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'sluice_schema' ORDER BY 1 LOOP
      EXECUTE format('DELETE FROM %I', name);
    END LOOP;
  END $$`;

/** Databases that a test is done with. */
const free: string[] = [];

/** As `describe` for tests that need PostgreSQL: they are skipped where it is not installed, which fails where `CI` is set. */
export function describePostgres(name: string, tests: () => void): void {
  if (inject("sluicePostgresUrl") !== "") {
    describe(name, tests);
  } else if (process.env["CI"] === undefined) {
    describe.skip(`${name} (${MISSING})`, tests);
  } else {
    it(name, () => {
      throw new Error(MISSING);
    });
  }
}

/** The URL of a new database with the schema of this version and nothing in it; dropped when the test ends. */
export async function createPostgresDatabase(): Promise<string> {
  const url = await copyTemplate();
  const name = new URL(url).pathname.slice(1);
  onTestFinished(() => runOn(inject("sluicePostgresUrl"), `DROP DATABASE ${name} WITH (FORCE)`));
  return url;
}

/**
 * As `createPostgresDatabase` for tests that leave the schema as it is: in a tenth of the time, because databases are
 * emptied and used again.
 */
export async function emptyPostgresDatabase(): Promise<string> {
  const known = free.pop();
  if (known !== undefined) await runOn(known, EMPTY_SQL);
  const url = known ?? (await copyTemplate());
  onTestFinished(() => void free.push(url));
  return url;
}

async function copyTemplate(): Promise<string> {
  const url = new URL(inject("sluicePostgresUrl"));
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await runOn(url.href, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
  url.pathname = `/${name}`;
  return url.href;
}

async function runOn(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
