/** Runs a server's program until it is told to stop, or until this process ends in whatever way. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, waitForPort } from "./free-port.ts";

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;
const KEPT_OUTPUT = 4_000;

/**
 * The program replaces the shell. Beside it a watcher waits for the end of the standard input, which this process
 * holds, and then ends the group: also after this process was killed.
 */
const WATCHED = `exec 3<&0
( trap "" TERM; cat <&3 >/dev/null; kill -TERM 0; sleep ${STOP_TIMEOUT_MS / 1000}; kill -KILL 0 ) >/dev/null 2>&1 &
exec "$@" </dev/null 3<&-`;

export interface ServerProgram {
  readonly command: readonly string[];
  /** Beside PATH and HOME; nothing else of this process reaches the server. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export interface RunningServer {
  readonly port: number;
  /** The server's own, removed when it stops. */
  readonly directory: string;
  stop(): Promise<void>;
}

/**
 * Starts the program that `program` names for a port and a directory; resolves when it listens.
 *
 * @throws with the last lines it wrote, when it does not come up in time
 */
export async function runServer(
  program: (port: number, directory: string) => ServerProgram | Promise<ServerProgram>,
): Promise<RunningServer> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-server-"));
  let child: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (child !== undefined) await end(child);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const port = await freePort();
    const { command, env } = await program(port, directory);
    child = spawn("sh", ["-c", WATCHED, "sh", ...command], {
      cwd: directory,
      detached: true,
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    await listening(child, port, command.join(" "));
    return { port, directory, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listening(child: ChildProcess, port: number, command: string): Promise<void> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
    });
  }
  const given = new AbortController();
  const fail = (what: string): void => given.abort(new Error(`\`${command}\` ${what}:\n${output}`));
  const tooLate = setTimeout(() => fail(`did not listen on ${port} in time`), START_TIMEOUT_MS);
  child.once("error", (error) => fail(`could not be started (${error.message})`));
  child.once("close", (code) => fail(`ended with ${code}`));
  try {
    await waitForPort(port, given.signal);
  } catch (error) {
    throw given.signal.aborted ? given.signal.reason : error;
  } finally {
    clearTimeout(tooLate);
  }
}

/** The group outlives its leader when the server left processes behind. */
async function end(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    signalGroup(pid, "SIGTERM");
    const timer = setTimeout(() => signalGroup(pid, "SIGKILL"), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }
  signalGroup(pid, "SIGKILL");
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const isGone = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (!isGone) throw error;
  }
}
