/** A real Prefect 3 server of a test's own, which says what the wire's contract is. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { endProcess } from "./end-process.ts";

export { endProcess };

export interface PrefectServerOptions {
  /** Beside the test's own variables, such as `PREFECT_API_DATABASE_CONNECTION_URL`; default database: SQLite. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take to answer; default 120 s. */
  readonly startTimeoutMs?: number;
}

export interface PrefectServer {
  /** Base URL of its API, such as `http://127.0.0.1:40123/api`. */
  readonly url: string;
  readonly pid: number;
  /** Its own directory, removed when it stops. */
  readonly home: string;
  /** What a Python client of it is started with: no variable of Prefect or Sluice but those of this server. */
  readonly clientEnv: Readonly<Record<string, string>>;
  /** Ends the process and removes `home`. Stopping twice is allowed. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 5_000;
const LAST_LINES = 20;

/** The directory of the Python environment that Prefect is installed in: `SLUICE_TEST_PREFECT`, or `.peers/prefect`. */
export function prefectVenv(): string {
  const fallback = fileURLToPath(new URL("../../../../.peers/prefect", import.meta.url));
  return process.env["SLUICE_TEST_PREFECT"] ?? fallback;
}

/** The Python of `prefectVenv()`. */
export function prefectPython(): string {
  return join(prefectVenv(), "bin", "python");
}

/**
 * Why tests against Prefect cannot run here; `undefined` when they can.
 *
 * @throws in CI, where they have to run.
 */
export function whyNoPrefect(): string | undefined {
  if (existsSync(join(prefectVenv(), "bin", "prefect"))) return undefined;
  const reason = `Prefect is not installed in ${prefectVenv()}: run .ci/install-peers, or set SLUICE_TEST_PREFECT.`;
  if (process.env["CI"]) throw new Error(reason);
  return reason;
}

/**
 * Starts a server on a free port of the loopback interface, with a directory and, unless `env` says otherwise, an
 * SQLite database of its own; resolves when it answers. It ends with this process at the latest.
 *
 * @throws when Prefect is not installed, and with the last lines it wrote when it does not come up in time.
 */
export async function startPrefectServer(options: PrefectServerOptions = {}): Promise<PrefectServer> {
  const reason = whyNoPrefect();
  if (reason !== undefined) throw new Error(reason);
  const home = await mkdtemp(join(tmpdir(), "sluice-prefect-"));
  const shared = {
    ...withoutOwnVariables(process.env),
    PREFECT_HOME: home,
    DO_NOT_TRACK: "1",
    PREFECT_SERVER_ANALYTICS_ENABLED: "false",
  };
  const env = {
    ...shared,
    PREFECT__SERVER_FINAL: "1",
    PREFECT_UI_ENABLED: "false",
    // It says where it listens at this level.
    PREFECT_SERVER_LOGGING_LEVEL: "INFO",
    ...options.env,
  };
  const app = [
    "--factory",
    "prefect.server.api.server:create_app",
    "--no-access-log",
    "--host",
    "127.0.0.1",
    "--port",
    "0",
  ];
  const server = spawn(prefectPython(), ["-m", "uvicorn", ...app], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const kill = (): void => void server.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    await endProcess(server, STOP_TIMEOUT_MS);
    process.off("exit", kill);
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const origin = await listening(server, options.startTimeoutMs ?? START_TIMEOUT_MS);
    const url = `${origin}/api`;
    return { url, pid: server.pid ?? 0, home, clientEnv: { ...shared, PREFECT_API_URL: url }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Its origin, once it says that it is listening: its start-up, migrations among it, is over by then. */
async function listening(server: ChildProcess, timeoutMs: number): Promise<string> {
  const lines: string[] = [];
  const written = (what: string): Error => new Error(`Prefect ${what}:\n${lines.join("\n")}`);
  const given = new AbortController();
  const { signal } = given;
  const tooLate = setTimeout(() => given.abort(written(`did not start in ${timeoutMs / 1000} s`)), timeoutMs);
  server.once("error", (error) => given.abort(written(`could not be started (${error.message})`)));
  server.once("exit", (code) => given.abort(written(`ended with code ${code}`)));
  try {
    return await new Promise<string>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      if (server.stderr === null) throw new Error("The standard error of the server is not piped.");
      createInterface({ input: server.stderr }).on("line", (line) => {
        lines.push(line);
        if (lines.length > LAST_LINES) lines.shift();
        const origin = /running on (http:\/\/\S+)/.exec(line)?.[1];
        if (origin !== undefined) resolve(origin);
      });
    });
  } finally {
    clearTimeout(tooLate);
  }
}

/** Settings of whoever runs the tests must not reach what is tested. */
function withoutOwnVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || /^(PREFECT|SLUICE)_/.test(name) ? [] : [[name, value]],
    ),
  );
}
