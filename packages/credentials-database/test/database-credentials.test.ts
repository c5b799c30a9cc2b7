import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { InvalidBlockError } from "@sluice/core/blocks";
import { describeWithServer, type TestServer } from "@sluice-internal/test-servers";
import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { DatabaseCredentials } from "../src/index.ts";
import { today } from "./readme.ts";

const PASSWORD = "p@ss/word#1";
type Fields = ConstructorParameters<typeof DatabaseCredentials>[0];

beforeEach(() => {
  for (const name of ["PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGSSLMODE"]) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("credentials for a database", () => {
  it("give a client what it takes, from parts", async () => {
    const credentials = new DatabaseCredentials({
      ...{
        driver: "postgresql+asyncpg",
        host: "db.example",
        port: "5433",
        database: "shop",
        username: "ada",
      },
      password: PASSWORD,
      query: { application_name: "reports", connect_timeout: "3" },
    });
    expect(await credentials.postgresConnection()).toEqual({
      ...{ host: "db.example", port: 5433, user: "ada", password: PASSWORD, database: "shop" },
      ...{ ssl: false, connectionTimeoutMillis: 3000, application_name: "reports" },
    });
  });

  it("give the same from a URL", async () => {
    const url = `postgres://ada:${encodeURIComponent(PASSWORD)}@[::1]:5433/shop?application_name=reports`;
    expect(await new DatabaseCredentials({ url }).postgresConnection()).toMatchObject({
      ...{ host: "::1", port: 5433, user: "ada", password: PASSWORD, database: "shop" },
      application_name: "reports",
    });
    const socket = new DatabaseCredentials({ url: "postgresql:///shop?host=/run/postgresql" });
    expect(await socket.postgresConnection()).toMatchObject({ host: "/run/postgresql", database: "shop" });
  });

  it("say nothing of what they do not have, which the environment then says", async () => {
    expect(await new DatabaseCredentials({}).postgresConnection()).toEqual({
      ssl: false,
      connectionTimeoutMillis: 10_000,
    });
  });

  it("show no secret", () => {
    const url = `postgres://ada:${encodeURIComponent(PASSWORD)}@db.example/shop`;
    const shown = [
      new DatabaseCredentials({ url }),
      new DatabaseCredentials({ username: "ada", password: PASSWORD, connectArgs: { passfile: PASSWORD } }),
    ].map((credentials) => inspect(credentials, { depth: 9 }) + JSON.stringify(credentials));
    for (const text of shown) {
      expect(text).toContain("****");
      expect(text).not.toMatch(/p@ss|p%40ss/);
    }
  });

  it("are refused when a URL and parts of one are given", () => {
    const both: Fields = { url: "postgres://db.example/shop", host: "db.example" };
    expect(() => new DatabaseCredentials(both)).toThrow(InvalidBlockError);
    expect(() => new DatabaseCredentials(both)).toThrow(
      "Give url, or host and the other parts of it, not both",
    );
  });

  it.each<[string, Fields, RegExp]>([
    ["for another database", { driver: "mysql+asyncmy" }, /are for mysql\+asyncmy.*begins with postgresql/],
    ["with a text that is no URL", { url: "postgres://ada:a#b/c@db/shop" }, /is no URL of a database/],
    ["with a port that there is not", { port: 99_999 }, /whole number from 1 to 65535/],
    [
      "that leave the encryption to chance",
      { query: { sslmode: "prefer" } },
      /anybody on the way.*verify-full/,
    ],
    [
      "with a mode that there is not",
      { query: { sslmode: "on" } },
      /an sslmode that there is not. Use one of/,
    ],
    [
      "with a file that is not there",
      { tls: { ca: "/nowhere/ca.pem" } },
      /tls\.ca .* cannot be read \(ENOENT\)/,
    ],
  ])("%s say so, and what to do", async (_, fields, words) => {
    const connection = new DatabaseCredentials(fields).postgresConnection();
    await expect(connection).rejects.toThrow(words);
    await expect(connection).rejects.toMatchObject({
      code: "CREDENTIALS",
      message: expect.stringContaining("database-credentials"),
    });
  });

  it("tell a host that is not there", async () => {
    expect(
      await failureOf(new DatabaseCredentials({ host: "127.0.0.1", port: 1, username: "ada" })),
    ).toMatchObject({
      code: "EXTERNAL_SERVICE",
      kind: "unreachable",
      message:
        "The database of database-credentials (ada@127.0.0.1:1/ada): nobody listens there. Check host and port, and that the server runs (ECONNREFUSED).",
    });
  });

  it("take certificates as texts, and as files", async () => {
    const directory = await mkdtemp(join(tmpdir(), "sluice-credentials-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const pem = "-----BEGIN CERTIFICATE-----\n";
    await writeFile(join(directory, "ca.pem"), pem);
    for (const ca of [pem, join(directory, "ca.pem")]) {
      const { ssl } = await new DatabaseCredentials({ tls: { ca, key: pem } }).postgresConnection();
      expect(ssl).toMatchObject({ ca: pem, key: pem, rejectUnauthorized: true });
    }
  });

  it("are those of the README", async () => {
    const [readme, example] = await Promise.all([
      readFile(new URL("../README.md", import.meta.url), "utf8"),
      readFile(new URL("readme.ts", import.meta.url), "utf8"),
    ]);
    expect(readme).toContain(`\`\`\`ts
${example}\`\`\``);
  });
});

describeWithServer("postgres", (server) => {
  it("let a client in", async () => {
    expect(await today(credentialsFor(server()))).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it.each<[string, Fields, object]>([
    [
      "a wrong password",
      { password: "wrong-password" },
      { code: "CREDENTIALS", message: /password authentication failed.*28P01.*Check username and password/ },
    ],
    ["no password", { password: undefined }, { code: "CREDENTIALS", message: /asks for a password/ }],
    [
      "an unknown database",
      { database: "nowhere" },
      { kind: "missing", message: /"nowhere" does not exist.*Check database/ },
    ],
    [
      "TLS that the server does not have",
      { tls: {} },
      { code: "CREDENTIALS", message: /no TLS. Set tls.mode to disable/ },
    ],
  ])("tell %s", async (_, fields, { message, ...members }: { message?: RegExp }) => {
    const failure = await failureOf(credentialsFor(server(), fields));
    expect(failure).toMatchObject({ ...members, message: expect.stringMatching(message ?? "") });
    expect(inspect(failure, { depth: 9 })).not.toMatch(/wrong-password/);
  });
});

describeWithServer(
  "postgres",
  (server) => {
    it("encrypt the connection, and know the server by its certificate", async () => {
      const ca = server().env["PGSSLROOTCERT"];
      expect(await today(credentialsFor(server(), { tls: { mode: "verify-full", ca } }))).not.toBe("");
      expect(
        await today(credentialsFor(server(), { query: { sslmode: "verify-ca", sslrootcert: ca ?? "" } })),
      ).not.toBe("");
      expect(await today(credentialsFor(server(), { tls: { mode: "require" } }))).not.toBe("");
    });

    it("do not trust a certificate that nobody vouches for", async () => {
      expect(await failureOf(credentialsFor(server(), { tls: {} }))).toMatchObject({
        code: "CREDENTIALS",
        message: expect.stringMatching(/certificate is not accepted.*Give the certificate.*tls\.ca/),
      });
    });

    it("do not trust a certificate for another host", async () => {
      const ca = server().env["PGSSLROOTCERT"];
      const credentials = credentialsFor(server(), { host: "localhost", tls: { ca } });
      expect(await failureOf(credentials)).toMatchObject({
        message: expect.stringMatching(
          /ERR_TLS_CERT_ALTNAME_INVALID.*Use the host that the certificate is for/,
        ),
      });
    });

    it("tell that the server wants encryption", async () => {
      expect(await failureOf(credentialsFor(server()))).toMatchObject({
        code: "CREDENTIALS",
        message: expect.stringMatching(/no encryption.*set tls\.mode to verify-full/),
      });
    });
  },
  { tls: true },
);

function credentialsFor({ url, env }: TestServer, fields: Fields = {}): DatabaseCredentials {
  const { hostname: host, port, username } = new URL(url);
  const password = env["PGPASSWORD"];
  return new DatabaseCredentials({ host, port, username, password, database: "postgres", ...fields });
}

/** What `explain` makes of a connection that fails. */
async function failureOf(credentials: DatabaseCredentials): Promise<unknown> {
  const connection = await credentials.postgresConnection();
  const client = new Client(connection);
  const error = await client.connect().then(
    () => new Error("It was let in."),
    (reason: unknown) => credentials.explain(reason, connection),
  );
  await client.end();
  return error;
}
