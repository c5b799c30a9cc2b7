/** Runs git: without the user's configuration, within a time limit, and to the end of all its processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { GitAccess } from "./git-access.ts";

const KEPT_OUTPUT = 64 * 1024;
const KILLED_AFTER_MS = 2000;

/** What of this process git and SSH may see. */
const PASSED_ON = [
  "PATH",
  "HOME",
  "TMPDIR",
  "SystemRoot",
  "SSH_AUTH_SOCK",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "GIT_SSL_CAINFO",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "all_proxy",
];

/** Whatever a repository or its server brings, git does no more than this. */
const CONFIGURATION: Readonly<Record<string, string>> = {
  "advice.detachedHead": "false",
  "core.autocrlf": "false",
  "core.fsmonitor": "false",
  "core.hooksPath": "/dev/null",
  "credential.helper": "",
  "gc.auto": "0",
  "http.lowSpeedLimit": "1",
  "http.lowSpeedTime": "60",
  "maintenance.auto": "false",
  "protocol.ext.allow": "never",
};

export interface GitCall {
  readonly directory: string;
  readonly access: GitAccess;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** git ended with a failure, was not found, or took too long. */
export class GitCommandError extends Error {
  override readonly name = "GitCommandError";
  /** What git wrote about it. */
  readonly output: string;
  readonly reason: "failed" | "missing" | "timeout";

  constructor(command: string, reason: GitCommandError["reason"], output: string) {
    super(`git ${command} ${reason === "failed" ? "failed" : `failed (${reason})`}: ${output}`);
    this.output = output;
    this.reason = reason;
  }
}

/**
 * What git writes to its standard output.
 *
 * @throws {GitCommandError} when it fails; the reason of the signal when that aborts
 */
export async function runGit(args: readonly string[], call: GitCall): Promise<string> {
  const { directory, access, timeoutSeconds, signal } = call;
  signal.throwIfAborted();
  const child = spawn("git", args, {
    cwd: directory,
    env: environment(access),
    // A group of its own, so that the processes git starts end with it.
    detached: process.platform !== "win32",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = collected(child);
  const tooLong = AbortSignal.timeout(Math.ceil(timeoutSeconds * 1000));
  const onAbort = (): void => end(child);
  const both = AbortSignal.any([signal, tooLong]);
  both.addEventListener("abort", onAbort, { once: true });
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (code === 0) return output.stdout;
    signal.throwIfAborted();
    const [command = ""] = args;
    if (tooLong.aborted)
      throw new GitCommandError(command, "timeout", `it took longer than ${timeoutSeconds} seconds`);
    throw new GitCommandError(command, "failed", access.redact(output.stderr.trim()));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new GitCommandError(args[0] ?? "", "missing", "there is no program git");
    }
    throw error;
  } finally {
    both.removeEventListener("abort", onAbort);
  }
}

function environment(access: GitAccess): NodeJS.ProcessEnv {
  const passed = PASSED_ON.map((name) => [name, process.env[name]] as const);
  const configuration = Object.entries({ ...CONFIGURATION, ...access.configuration });
  const entries = configuration.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    ...Object.fromEntries(passed.filter(([, value]) => value !== undefined)),
    ...access.environment,
    // In the environment only its owner sees them; on the command line everybody would.
    ...Object.fromEntries(entries),
    GIT_CONFIG_COUNT: String(configuration.length),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: process.platform === "win32" ? "NUL" : "/dev/null",
    GIT_TEMPLATE_DIR: "",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "",
    LC_ALL: "C",
  };
}

function collected(child: ChildProcess): { readonly stdout: string; readonly stderr: string } {
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => {
    output.stdout = (output.stdout + chunk.toString()).slice(-KEPT_OUTPUT);
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    output.stderr = (output.stderr + chunk.toString()).slice(-KEPT_OUTPUT);
  });
  return output;
}

function end(child: ChildProcess): void {
  signalGroup(child, "SIGTERM");
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), KILLED_AFTER_MS);
  child.once("close", () => clearTimeout(timer));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-pid, signal);
  } catch (error) {
    const isGone = error instanceof Error && "code" in error && error.code === "ESRCH";
    if (!isGone) throw error;
  }
}
