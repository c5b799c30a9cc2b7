/** Runs the programs that steps need: git, docker, npm, a shell. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { SluiceError } from "@sluice/protocol";
import { redactSecrets } from "../logging/redactor.ts";
import { OutputLines } from "../processes/output-lines.ts";
import { endProcessTree, hasOwnGroup } from "../processes/process-tree.ts";
import type { StepContext } from "./step.ts";

export interface CommandCall extends Pick<StepContext, "logger" | "signal" | "directory" | "env"> {
  readonly program: string;
  readonly args: readonly string[];
  readonly timeoutSeconds: number;
  /** Whether its lines go to the log as they come (default true). */
  readonly isLogged?: boolean | undefined;
  readonly input?: string | undefined;
  /** What to do when the program is not installed. */
  readonly remedy?: string | undefined;
}

const KEPT_CHARACTERS = 64 * 1024;
const SHOWN_LINES = 8;
const GRACE_MS = 5000;

/**
 * Runs a program to its end and gives the last of what it wrote to its standard output and error.
 *
 * @throws {SluiceError} code `COMMAND` when it is missing, fails or takes too long.
 */
export async function runCommand(call: CommandCall): Promise<{ stdout: string; stderr: string }> {
  const { program, args, directory, env, signal, timeoutSeconds } = call;
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    cwd: directory,
    env: { ...env },
    detached: hasOwnGroup,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const stdout = new KeptLines(call);
  const stderr = new KeptLines(call);
  child.stdout.on("data", (chunk: Buffer) => stdout.add(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.add(chunk));
  // A program that reads nothing closes its input.
  child.stdin.on("error", () => undefined);
  child.stdin.end(call.input ?? "");
  const tooLong = AbortSignal.timeout(timeoutSeconds * 1000);
  const stop = signal === undefined ? tooLong : AbortSignal.any([signal, tooLong]);
  const onStop = (): void => {
    if (child.pid !== undefined) void endProcessTree(child.pid, { graceMs: GRACE_MS });
  };
  stop.addEventListener("abort", onStop, { once: true });
  try {
    const [code, endedBy] = (await once(child, "close")) as [number | null, string | null];
    signal?.throwIfAborted();
    if (tooLong.aborted) throw failure(call, `took longer than ${timeoutSeconds} s`, stderr.text());
    if (code !== 0) {
      const how = code === null ? `was ended by ${endedBy}` : `ended with exit code ${code}`;
      throw failure(call, how, stderr.text() || stdout.text());
    }
    return { stdout: stdout.text(), stderr: stderr.text() };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      const remedy = call.remedy ?? "Install it, or check the PATH and the directory.";
      throw new SluiceError("COMMAND", `There is no program ${program} for ${directory}. ${remedy}`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    stop.removeEventListener("abort", onStop);
  }
}

/** The last lines of an output, which are logged as they come. */
class KeptLines {
  readonly #lines: OutputLines;
  #kept: string[] = [];
  #characters = 0;

  constructor({ logger, isLogged = true }: CommandCall) {
    this.#lines = new OutputLines((line) => {
      this.#keep(line);
      if (isLogged) logger.info(redactSecrets(line));
    });
  }

  add(chunk: Buffer): void {
    this.#lines.add(chunk);
  }

  text(): string {
    this.#lines.end();
    return this.#kept.join("\n");
  }

  #keep(line: string): void {
    this.#kept.push(line);
    this.#characters += line.length;
    while (this.#characters > KEPT_CHARACTERS) this.#characters -= this.#kept.shift()?.length ?? 0;
  }
}

function failure({ program, args }: CommandCall, how: string, output: string): SluiceError {
  const shown = redactSecrets([program, ...args].join(" ")).slice(0, 200);
  const lines = redactSecrets(output).trimEnd().split("\n").slice(-SHOWN_LINES).join("\n");
  return new SluiceError(
    "COMMAND",
    `The command \`${shown}\` ${how}.${lines === "" ? "" : ` It wrote: ${lines}`}`,
  );
}
