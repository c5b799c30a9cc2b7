/** Runs a program: streams its output to the log of the run, keeps the end of it, and ends all its processes with the run. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import {
  contentChunks,
  endProcessTree,
  type FileContent,
  hasOwnGroup,
  killProcessTree,
  type Logger,
  OutputLines,
  redactSecrets,
  Secret,
} from "@sluice/core";
import { InvalidRequestError } from "@sluice/protocol";
import { type CommandExit, commandFailure, startFailure } from "./command-error.ts";
import { LoggedLines } from "./logged-lines.ts";
import { OutputTail } from "./output-tail.ts";
import { PROGRAM_ENDED, WATCH_CHANNEL, watchedProgram } from "./watched-program.ts";

export interface CommandOptions {
  /** Default: that of this process. */
  readonly cwd?: string | undefined;
  /** Variables beside those of this process; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | Secret | undefined>> | undefined;
  /** What the command reads from its standard input. Default: nothing. */
  readonly input?: FileContent | undefined;
  /** Exit codes that are no failure. Default: 0. */
  readonly allowedExitCodes?: readonly number[] | undefined;
  /** How long the command may take to end when it is told to. Default 5. */
  readonly graceSeconds?: number | undefined;
  /** How much of the end of each output is kept. Default 262,144. */
  readonly maxOutputBytes?: number | undefined;
  /** Whether the lines of its output go to the log. Default true. */
  readonly logOutput?: boolean | undefined;
}

export interface CommandResult {
  readonly exitCode: number;
  /** The end of what it wrote, without the line break at the end. */
  readonly stdout: string;
  readonly stderr: string;
  /** Whether one of these is only the end. */
  readonly isOutputCut: boolean;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** For people. */
  readonly shown: string;
}

interface Surroundings {
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const DEFAULT_GRACE_SECONDS = 5;
const DEFAULT_OUTPUT_BYTES = 262_144;
/** What a command that has ended left in the background may hold its output open for so long. */
const OUTPUT_WAIT_MS = 1000;

/**
 * Runs the command to its end.
 *
 * @throws {CommandError} when it cannot be started, a signal ends it, or its exit code is not allowed
 * @throws the signal's reason when it aborts, after the processes have ended
 */
export async function runCommand(
  command: Command,
  options: CommandOptions,
  { logger, signal }: Surroundings,
): Promise<CommandResult> {
  const { maxOutputBytes = DEFAULT_OUTPUT_BYTES, allowedExitCodes = [0], logOutput = true } = options;
  const graceMs = (options.graceSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
  checkNumbers({ maxOutputBytes, graceMs });
  signal.throwIfAborted();
  const child = await start(command, options);
  const forget = killWithThisProcess(child);
  logger.info("Command started", { command: redactSecrets(command.shown), pid: child.pid });
  const lines = new LoggedLines(logger, logOutput);
  const stdout = keep(child.stdout, new OutputTail(maxOutputBytes), lines);
  const stderr = keep(child.stderr, new OutputTail(maxOutputBytes), lines);
  try {
    const end = await untilEnd(child, { input: options.input, signal, graceMs });
    signal.throwIfAborted();
    if (end.exitCode === null || !allowedExitCodes.includes(end.exitCode)) {
      throw commandFailure(command.shown, { ...end, output: stderr.text() || stdout.text() });
    }
    return {
      exitCode: end.exitCode,
      stdout: withoutBreak(stdout.text()),
      stderr: withoutBreak(stderr.text()),
      isOutputCut: stdout.isCut || stderr.isCut,
    };
  } finally {
    lines.end();
    forget();
  }
}

async function start({ program, args, shown }: Command, { cwd, env = {} }: CommandOptions): Promise<Child> {
  const variables = Object.entries(env).map(([name, value]) => [
    name,
    value instanceof Secret ? value.reveal() : value,
  ]);
  try {
    const child = spawn(...watchedProgram(program, args), {
      cwd,
      env: { ...process.env, ...Object.fromEntries(variables) },
      detached: hasOwnGroup,
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    await once(child, "spawn");
    return child;
  } catch (cause) {
    throw await startFailure({ program, shown, cwd }, cause);
  }
}

interface RunningOptions {
  readonly input: FileContent | undefined;
  readonly signal: AbortSignal;
  readonly graceMs: number;
}

/** Waits until the program and what it left behind have ended. */
async function untilEnd(child: Child, { input, signal, graceMs }: RunningOptions): Promise<CommandExit> {
  const { pid = 0 } = child;
  const closed = once(child, "close");
  const stop = (): void => void endProcessTree(pid, { graceMs });
  const feeding = new AbortController();
  const fed = feed(child.stdin, input, feeding.signal).catch((error: unknown) => {
    stop();
    return { error };
  });
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const [exitCode, endedBy] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    stopWatching(child);
    await within(OUTPUT_WAIT_MS, closed);
    await endProcessTree(pid, { graceMs });
    await within(OUTPUT_WAIT_MS, closed);
    feeding.abort();
    const feedingEnd = await fed;
    if (feedingEnd !== undefined) throw feedingEnd.error;
    return { exitCode, endedBy };
  } finally {
    signal.removeEventListener("abort", stop);
    // A process that left the tree may hold them.
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

function stopWatching({ stdio }: Child): void {
  const channel = stdio[WATCH_CHANNEL] as Writable;
  // The watcher may have ended with the group.
  channel.on("error", () => undefined);
  channel.end(PROGRAM_ENDED);
}

/** A command need not read all of its input. */
async function feed(
  stdin: Writable,
  input: FileContent | undefined,
  signal: AbortSignal,
): Promise<undefined> {
  try {
    await pipeline(Readable.from(input === undefined ? [] : contentChunks(input, signal)), stdin);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (!signal.aborted && code !== "EPIPE" && code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}

function keep(stream: Readable, tail: OutputTail, lines: LoggedLines): OutputTail {
  const splitter = new OutputLines((line) => lines.add(line));
  stream.on("data", (chunk: Buffer) => {
    tail.add(chunk);
    splitter.add(chunk);
  });
  stream.once("end", () => splitter.end());
  return tail;
}

const living = new Set<Child>();

/** The watcher ends the commands too, but not what left their groups. */
function killWithThisProcess(child: Child): () => void {
  if (living.size === 0) process.on("exit", killLiving);
  living.add(child);
  return () => {
    living.delete(child);
    if (living.size === 0) process.off("exit", killLiving);
  };
}

function killLiving(): void {
  for (const { pid } of living) if (pid !== undefined) killProcessTree(pid);
}

async function within(limitMs: number, event: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const late = delay(limitMs, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([event, late]);
  timer.abort();
}

function withoutBreak(text: string): string {
  return text.replace(/\r?\n$/, "");
}

function checkNumbers(options: { readonly maxOutputBytes: number; readonly graceMs: number }): void {
  for (const [name, value] of Object.entries(options)) {
    if (value >= 0 && Number.isFinite(value)) continue;
    throw new InvalidRequestError(
      `${name === "graceMs" ? "graceSeconds" : name} must be a number, 0 or more.`,
    );
  }
}
