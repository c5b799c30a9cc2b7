/** Runs Python programs of `programs/` with an unmodified Prefect whose API is the given server. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { prefectPython } from "@sluice/orchestration/testing/prefect-server";

const PROGRAMS = fileURLToPath(new URL("programs", import.meta.url));
/** For each program. */
const TIMEOUT_MS = 150_000;
/** A program that is interrupted ends the processes it started; it has so long. */
const GRACE_MS = 20_000;

interface Outcome {
  readonly program: string;
  readonly facts?: unknown;
  /** Where it failed. */
  readonly error?: string;
}

/** What a program found out: the last line it printed. */
export async function runProgram(name: string, apiUrl: string): Promise<unknown> {
  return JSON.parse((await linesOf([name], apiUrl)).at(-1) ?? "");
}

/** What programs found out, one after another in one process: facts, or the error of a program that failed. */
export async function runTogether(names: readonly string[], apiUrl: string): Promise<Map<string, unknown>> {
  const outcomes = (await linesOf(["together", ...names], apiUrl)).map((line): Outcome => JSON.parse(line));
  return new Map(
    outcomes.map(({ program, facts, error }) => [program, error === undefined ? facts : new Error(error)]),
  );
}

async function linesOf([name = "", ...args]: readonly string[], apiUrl: string): Promise<string[]> {
  const home = await mkdtemp(join(tmpdir(), "sluice-prefect-client-"));
  const program = spawn(prefectPython(), [join(PROGRAMS, `${name}.py`), ...args], {
    cwd: PROGRAMS,
    env: { ...clientSettings(apiUrl), PREFECT_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const timeoutMs = TIMEOUT_MS * Math.max(1, args.length);
  const interrupt = setTimeout(() => program.kill("SIGINT"), timeoutMs);
  const kill = setTimeout(() => killGroup(program.pid), timeoutMs + GRACE_MS);
  try {
    const ended = new Promise<number | null>((resolve, reject) => {
      program.once("error", reject);
      program.once("exit", resolve);
    });
    const [stdout, stderr, code] = await Promise.all([text(program.stdout), text(program.stderr), ended]);
    if (code !== 0) throw new Error(`${name}.py ended with ${code ?? "a signal"}:\n${stderr.slice(-6_000)}`);
    return stdout.trimEnd().split("\n");
  } finally {
    clearTimeout(interrupt);
    clearTimeout(kill);
    killGroup(program.pid);
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Frequent polls, so that programs are short; everything else is as a user has it. */
function clientSettings(apiUrl: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    // Wide enough for tables of the command to show whole names.
    COLUMNS: "240",
    NO_COLOR: "1",
    PYTHONDONTWRITEBYTECODE: "1",
    DO_NOT_TRACK: "1",
    PREFECT_API_URL: apiUrl,
    PREFECT_RUNNER_POLL_FREQUENCY: "1",
    PREFECT_WORKER_QUERY_SECONDS: "1",
    PREFECT_WORKER_ENABLE_CANCELLATION: "true",
    PREFECT_LOGGING_TO_API_BATCH_INTERVAL: "0.5",
  };
}

/** Flow runs of a program that was killed would go on without it. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
