/** Runs the program in this process, with a home of its own and eyes on what it writes. */
import type { OutputStream } from "../src/output/terminal.ts";
import { runProgram } from "../src/program.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether both streams are terminals. Default: false. */
  readonly isTTY?: boolean;
}

export type RunSluice = (commandLine: string, options?: RunOptions) => Promise<Ran>;

/**
 * A function that runs `sluice` with the words of its argument, again and again with one home directory: a new one, unless
 * it is given.
 */
export async function setUpSluice(
  given: { readonly home?: string } = {},
): Promise<RunSluice & { readonly home: string }> {
  const home = given.home ?? (await temporaryDirectory());
  const run: RunSluice = async (commandLine, { env = {}, isTTY = false } = {}) => {
    const stdout = textStream(isTTY);
    const stderr = textStream(isTTY);
    const args = commandLine.split(" ").filter((word) => word !== "");
    const code = await runProgram(args, { stdout, stderr, env: { SLUICE_HOME: home, ...env } });
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  };
  return Object.assign(run, { home });
}

function textStream(isTTY: boolean): OutputStream & { text(): string } {
  let written = "";
  return {
    isTTY,
    write(text) {
      written += text;
      return true;
    },
    text: () => written,
  };
}
