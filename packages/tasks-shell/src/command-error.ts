/** Commands that failed. */
import { stat } from "node:fs/promises";
import { redactSecrets } from "@sluice/core";
import { SluiceError } from "@sluice/protocol";

/** How a program ended. */
export interface CommandExit {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly endedBy: string | null;
}

/** A command could not be started, or ended with a code that is not allowed. */
export class CommandError extends SluiceError {
  /** `undefined` when it was not started, or a signal ended it. */
  readonly exitCode: number | undefined;

  constructor(
    message: string,
    details: { readonly command: string; readonly exitCode?: number },
    cause?: unknown,
  ) {
    super("COMMAND", message, { cause, details });
    this.exitCode = details.exitCode;
  }
}

const SHOWN_COMMAND = 200;
const SHOWN_LINES = 5;
const SHOWN_OUTPUT = 1000;

/** What shells mean by some codes. */
const REMEDIES: Readonly<Record<number, string>> = {
  126: "A program in it cannot be executed: check its permissions.",
  127: "A program in it was not found: check its name and the PATH.",
};

/** @param end.output - of which the last lines are shown */
export function commandFailure(
  shown: string,
  { exitCode, endedBy, output }: CommandExit & { readonly output: string },
): CommandError {
  const command = shortCommand(shown);
  const how = exitCode === null ? `was ended by ${endedBy}` : `ended with exit code ${exitCode}`;
  const remedy = exitCode === null ? undefined : REMEDIES[exitCode];
  const lines = lastLines(output);
  const parts = [
    `The command \`${command}\` ${how}.`,
    remedy,
    lines === "" ? undefined : `It wrote: ${lines}`,
  ];
  const message = parts.filter((part) => part !== undefined).join(" ");
  return new CommandError(message, { command, ...(exitCode !== null && { exitCode }) });
}

interface Start {
  readonly program: string;
  readonly shown: string;
  readonly cwd: string | undefined;
}

/** The system's error for a directory that is missing is that for a program. */
export async function startFailure({ program, shown, cwd }: Start, cause: unknown): Promise<unknown> {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const command = shortCommand(shown);
  const fail = (words: string): CommandError =>
    new CommandError(`The command \`${command}\` could not be started: ${words}`, { command }, cause);
  if (cwd !== undefined && !(await isDirectory(cwd))) return fail(`there is no directory ${cwd}. Check cwd.`);
  if (code === "ENOENT") return fail(`there is no program ${program}. Check its name and the PATH.`);
  if (code === "EACCES") return fail(`${program} must not be executed. Check its permissions.`);
  if (code === "E2BIG") return fail("it is too long. Give what is long as input, or in a file.");
  return code === undefined ? cause : fail(`the system says ${String(code)}.`);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Whatever keeps us from seeing it keeps the command from running there.
    return false;
  }
}

function shortCommand(shown: string): string {
  const line = redactSecrets(shown)
    .trim()
    .replace(/\s*\n\s*/g, "; ");
  return line.length > SHOWN_COMMAND ? `${line.slice(0, SHOWN_COMMAND)}…` : line;
}

function lastLines(output: string): string {
  const lines = redactSecrets(output).trimEnd().split("\n").slice(-SHOWN_LINES);
  return lines.join("\n").slice(-SHOWN_OUTPUT);
}
