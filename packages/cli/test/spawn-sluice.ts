/** Runs the real command in a process of its own, from source, with a home of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Ran } from "./run-sluice.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const FIXTURES = fileURLToPath(new URL("fixtures", import.meta.url));

export interface SpawnedSluice {
  readonly child: ChildProcess;
  /** Resolves when the process has ended; the code is -1 when a signal ended it. */
  readonly ended: Promise<Ran>;
  /** Resolves when standard error contains the text. */
  says(text: string): Promise<void>;
  /** Resolves when standard output contains the text. */
  prints(text: string): Promise<void>;
  /** What standard error contains so far. */
  said(): string;
}

export interface SpawnOptions {
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the directory of the fixtures. */
  readonly cwd?: string;
}

/** Starts `sluice` with these arguments. */
export function spawnSluice(
  args: readonly string[],
  { home, env = {}, cwd = FIXTURES }: SpawnOptions,
): SpawnedSluice {
  const node = ["--conditions=@sluice/source", "--import", import.meta.resolve("tsx"), MAIN];
  const child = spawn(process.execPath, [...node, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], SLUICE_HOME: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ code: code ?? -1, stdout: stdout.text(), stderr: stderr.text() }),
    );
  });
  const until = (found: Promise<void>, text: string): Promise<void> =>
    Promise.race([found, ended.then(missing(text))]);
  return {
    child,
    ended,
    says: (text) => until(stderr.contains(text), text),
    prints: (text) => until(stdout.contains(text), text),
    said: stderr.text,
  };
}

function missing(text: string): (ran: Ran) => never {
  return ({ stderr }) => {
    throw new Error(`The process ended without saying "${text}":\n${stderr}`);
  };
}

interface Collected {
  text(): string;
  contains(text: string): Promise<void>;
}

function collect(stream: NodeJS.ReadableStream): Collected {
  let written = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    written += chunk;
  });
  return {
    text: () => written,
    contains: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!written.includes(text)) return;
          stream.off("data", look);
          resolve();
        };
        stream.on("data", look);
        look();
      }),
  };
}
