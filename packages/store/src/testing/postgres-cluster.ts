/** A PostgreSQL server of a test's own, in a temporary directory and reached through a socket there. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { postgresBinaries } from "./postgres-binaries.ts";

const USER = "sluice";
const START_TIMEOUT_MS = 30_000;
const START_POLL_MS = 20;

/** Nothing has to survive a crash of the machine, but a crash of the server. Every test file has pools of its own, hence the connections. */
const SETTINGS: readonly string[] = [
  "listen_addresses=",
  "fsync=off",
  "full_page_writes=off",
  "max_connections=300",
  "shared_buffers=64MB",
  "autovacuum=off",
  "log_min_messages=fatal",
];

/** Ends the server when this process goes, however it goes: its standard input then ends. */
const WATCHED = '"$@" & server=$!; cat >/dev/null; kill -QUIT "$server"; wait "$server"';

export interface PostgresCluster {
  /** The URL of a database, existing or not. */
  urlOf(database: string): string;
  /** Runs a statement in the maintenance database. */
  run(sql: string): Promise<void>;
  /** Starts the server again after `stop`. */
  start(): Promise<void>;
  /** Ends every connection at once, without ceremony. */
  stop(): Promise<void>;
  /** Stops the server and deletes everything. */
  remove(): Promise<void>;
}

/** Makes and starts a server, with `settings` as in `postgresql.conf`; undefined when no PostgreSQL is installed. */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresCluster | undefined> {
  const binaries = await postgresBinaries();
  if (binaries === undefined) return undefined;
  const directory = await mkdtemp(join(tmpdir(), "sluice-pg-"));
  const owner = await databaseOwner();
  if (owner !== undefined) await chown(directory, owner.uid, owner.gid);
  const cluster = new TemporaryCluster({ binaries, directory, owner, settings: [...SETTINGS, ...settings] });
  try {
    await cluster.initialize();
    await cluster.start();
    return cluster;
  } catch (error) {
    await cluster.remove();
    throw error;
  }
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

interface ClusterOptions {
  readonly binaries: string;
  readonly directory: string;
  readonly owner: Owner | undefined;
  readonly settings: readonly string[];
}

class TemporaryCluster implements PostgresCluster {
  readonly #options: ClusterOptions;
  #server: ChildProcess | undefined;

  constructor(options: ClusterOptions) {
    this.#options = options;
  }

  async initialize(): Promise<void> {
    const { binaries } = this.#options;
    const flags = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", `--username=${USER}`];
    const { code, output } = await this.#end(
      spawn(join(binaries, "initdb"), ["-D", this.#data, ...flags], this.#spawnOptions),
    );
    if (code !== 0) throw new Error(`initdb in ${this.#data} ended with ${code}: ${output}`);
  }

  async start(): Promise<void> {
    const { binaries, directory, settings } = this.#options;
    const flags = settings.flatMap((setting) => ["-c", setting]);
    const command = [join(binaries, "postgres"), "-D", this.#data, "-k", directory, ...flags];
    const server = spawn("sh", ["-c", WATCHED, "sh", ...command], this.#spawnOptions);
    this.#server = server;
    const ended = this.#end(server);
    await Promise.race([
      this.#waitUntilReady(),
      ended.then(({ code, output }) => {
        throw new Error(`PostgreSQL in ${directory} ended with ${code} while it started: ${output}`);
      }),
    ]);
    // From here on its end is what `stop` asks for.
    ended.catch(() => undefined);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || server.exitCode !== null) return;
    const ended = once(server, "close");
    server.stdin?.end();
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.#options.directory, { recursive: true, force: true });
  }

  urlOf(database: string): string {
    return `postgres://${USER}@localhost/${database}?host=${encodeURIComponent(this.#options.directory)}`;
  }

  async run(sql: string): Promise<void> {
    const client = new Client({ connectionString: this.urlOf("postgres") });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  get #data(): string {
    return join(this.#options.directory, "data");
  }

  get #spawnOptions(): SpawnOptions {
    const { directory, owner } = this.#options;
    return { cwd: directory, stdio: ["pipe", "pipe", "pipe"], ...owner };
  }

  async #waitUntilReady(): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      try {
        return await this.run("SELECT 1");
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(START_POLL_MS);
      }
    }
  }

  async #end(child: ChildProcess): Promise<{ code: number | null; output: string }> {
    let output = "";
    const append = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-2000);
    };
    child.stdout?.on("data", append);
    child.stderr?.on("data", append);
    const [code] = await once(child, "close");
    return { code: typeof code === "number" ? code : null, output };
  }
}

/** PostgreSQL refuses to run as root; its packages make a user `postgres` for it. */
async function databaseOwner(): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return { uid: await idOf("-u"), gid: await idOf("-g") };
}

async function idOf(flag: "-u" | "-g"): Promise<number> {
  const child = spawn("id", [flag, "postgres"], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  await once(child, "close");
  const id = Number.parseInt(output, 10);
  if (Number.isNaN(id))
    throw new Error("This is root, and there is no user `postgres` to run PostgreSQL as.");
  return id;
}
