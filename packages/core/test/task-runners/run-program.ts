/** Programs of users: scripts in a directory of their own, run by Node. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Program {
  /** Text of each file by name; the program begins with `main.ts` or `main.js`. */
  readonly files: Readonly<Record<string, string>>;
  /** Text of its package.json; default: one of ES modules. */
  readonly packageJson?: string | undefined;
  /** More options of Node. Default: `--import tsx`. */
  readonly nodeOptions?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Called with the running program; its standard output so far is asked with `output`. */
  readonly meanwhile?: ((child: ChildProcess, output: () => string) => Promise<void>) | undefined;
}

export interface ProgramEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that hangs ends before its test gives up. */
const DEADLINE_MS = 50_000;

const NODE_MODULES = new URL("../../../../node_modules", import.meta.url).pathname;

/** Runs a program to its end. */
export async function runProgram(program: Program): Promise<ProgramEnd> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-program-"));
  try {
    await symlink(NODE_MODULES, join(directory, "node_modules"));
    await writeFile(join(directory, "package.json"), program.packageJson ?? '{"type":"module"}');
    for (const [name, text] of Object.entries(program.files)) await writeFile(join(directory, name), text);
    return await run(directory, program);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function run(directory: string, { files, nodeOptions, env, meanwhile }: Program): Promise<ProgramEnd> {
  const main = Object.keys(files).find((name) => name.startsWith("main.")) ?? "main.ts";
  const options = ["--conditions=@sluice/source", ...(nodeOptions ?? ["--import", "tsx"])];
  const child = spawn(process.execPath, [...options, main], {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      SLUICE_HOME: join(directory, "home"),
      SLUICE_HISTORY: "memory",
      SLUICE_FLOWS_CANCEL_GRACE_SECONDS: "1",
      ...env,
    },
    // A process group of its own, as a terminal makes one.
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const end = new Promise<ProgramEnd>((resolve) => {
    child.on("close", (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
  });
  const deadline = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  try {
    await meanwhile?.(child, () => stdout);
    return await end;
  } finally {
    clearTimeout(deadline);
    child.kill("SIGKILL");
  }
}
