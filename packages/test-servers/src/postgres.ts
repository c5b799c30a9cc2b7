/** PostgreSQL, which asks for a password and can be made to ask for TLS. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, readdirSync } from "node:fs";
import { chown, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { findProgram, programPath } from "./find-program.ts";
import { makeCertificate } from "./make-certificate.ts";
import { runServer } from "./run-server.ts";
import type { ServerDefinition } from "./test-server.ts";

/** Where packages of Linux put the programs, by version. */
const VERSIONS_DIRECTORY = "/usr/lib/postgresql";
const USER = "sluice";
const READY_TIMEOUT_MS = 30_000;
const READY_POLL_MS = 50;
const run = promisify(execFile);

/** Nothing has to survive. */
const SETTINGS: readonly string[] = [
  "fsync=off",
  "full_page_writes=off",
  "autovacuum=off",
  "listen_addresses=127.0.0.1",
];

/** Told to end, PostgreSQL waits for its clients; told to quit, it does not. */
const STOPPED_AT_ONCE = `"$@" & server=$!; trap 'kill -QUIT "$server"' TERM; wait "$server"; wait "$server"`;

export interface PostgresOptions {
  /** Whether only encrypted connections are let in, with a certificate for 127.0.0.1 that nobody signed; default false. */
  readonly tls?: boolean | undefined;
  /** As in `postgresql.conf`, such as `max_connections=5`. */
  readonly settings?: readonly string[] | undefined;
}

/** `PGPASSWORD` is that of the user in the URL, who may do everything; `PGSSLROOTCERT` the path of the certificate. */
export const postgres: ServerDefinition<PostgresOptions> = {
  whyMissing: () => {
    if (binaries() === undefined) return "there is no PostgreSQL: install the package postgresql";
    return findProgram("openssl") === undefined ? "there is no openssl" : undefined;
  },
  start: async ({ tls = false, settings = [] }) => {
    const password = randomBytes(12).toString("hex");
    const { port, directory, stop } = await runServer(async (freePort, own) => {
      const owner = await databaseOwner();
      const files = await prepare(own, { tls, password, owner });
      const all = [...SETTINGS, ...files, `port=${freePort}`, `unix_socket_directories=${own}`, ...settings];
      const flags = all.flatMap((setting) => ["-c", setting]);
      const command = [...asOwner(owner), program("postgres"), "-D", join(own, "data"), ...flags];
      return { command: ["sh", "-c", STOPPED_AT_ONCE, "sh", ...command] };
    });
    await ready(port);
    const env = { PGPASSWORD: password, ...(tls && { PGSSLROOTCERT: join(directory, "certificate.pem") }) };
    return { url: `postgresql://${USER}@127.0.0.1:${port}/postgres`, env, stop };
  },
};

/** It listens before it lets anybody in. */
async function ready(port: number): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  for (;;) {
    try {
      await run(program("pg_isready"), ["-h", "127.0.0.1", "-p", String(port)]);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(READY_POLL_MS);
    }
  }
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

interface Preparation {
  readonly tls: boolean;
  readonly password: string;
  readonly owner: Owner | undefined;
}

/** Makes the data; gives the settings that tell of the files beside it. */
async function prepare(own: string, { tls, password, owner }: Preparation): Promise<readonly string[]> {
  const path = (name: string): string => join(own, name);
  const give = (name: string): void => owner && chownSync(path(name), owner.uid, owner.gid);
  if (owner !== undefined) await chown(own, owner.uid, owner.gid);
  await writeFile(path("password"), password);
  await writeFile(path("hba"), `${tls ? "hostssl" : "host"} all all 127.0.0.1/32 scram-sha-256\n`);
  const settings = [`hba_file=${path("hba")}`];
  if (tls) {
    await makeCertificate(path("certificate.pem"), path("key.pem"));
    give("certificate.pem");
    give("key.pem");
    settings.push("ssl=on", `ssl_cert_file=${path("certificate.pem")}`, `ssl_key_file=${path("key.pem")}`);
  }
  give("password");
  give("hba");
  const flags = ["--auth=scram-sha-256", `--pwfile=${path("password")}`, "--encoding=UTF8", "--locale=C"];
  const [command = "", ...args] = [...asOwner(owner), program("initdb"), "-D", path("data"), ...flags];
  await run(command, [...args, "--no-sync", `--username=${USER}`], { cwd: own });
  return settings;
}

/** PostgreSQL refuses to run as root; its packages make a user for it. */
async function databaseOwner(): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => (await run("id", [flag, "postgres"])).stdout),
  );
  return { uid: Number(uid), gid: Number(gid) };
}

function asOwner(owner: Owner | undefined): readonly string[] {
  if (owner === undefined) return [];
  return [programPath("setpriv"), `--reuid=${owner.uid}`, `--regid=${owner.gid}`, "--clear-groups"];
}

function program(name: string): string {
  const directory = binaries();
  return directory === undefined ? programPath(name) : join(directory, name);
}

/** The directory with the newest installed version, else that of the PATH. */
function binaries(): string | undefined {
  const onPath = findProgram("initdb");
  const installed = installedVersions().map((version) => join(VERSIONS_DIRECTORY, version, "bin"));
  return installed.at(-1) ?? (onPath === undefined ? undefined : join(onPath, ".."));
}

function installedVersions(): readonly string[] {
  try {
    return readdirSync(VERSIONS_DIRECTORY).sort((a, b) => Number(a) - Number(b));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
