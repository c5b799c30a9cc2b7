/** Commands as tasks. Nothing is cached: a command does something. */
import { NO_CACHE, runContext, runLogger, type Task, task } from "@sluice/core";
import { type CommandOptions, type CommandResult, runCommand } from "./run-command.ts";
import { type ShellScript, shownWord } from "./shell-script.ts";
import { DEFAULT_SHELL, shellCall } from "./shells.ts";

export interface ShellOptions extends CommandOptions {
  /** Name or path of the shell. Default: `sh`, on Windows `powershell`. */
  readonly shell?: string | undefined;
}

/**
 * Runs a script in a shell, until its first command that fails. Values are put into it with `sh`.
 *
 * ```ts
 * const { stdout } = await runShell(sh`du -sk ${directory} | cut -f1`);
 * ```
 *
 * @throws {CommandError} with the last lines that it wrote
 */
export const runShell: Task<[ShellScript | string, ShellOptions?], CommandResult> = task(
  { name: "run-shell", cachePolicy: NO_CACHE },
  (script: ShellScript | string, { shell = DEFAULT_SHELL, ...options }: ShellOptions = {}) => {
    const isText = typeof script === "string";
    const { program, args } = shellCall(shell, isText ? script : script.script, !isText);
    const command = { program, args, shown: isText ? script : script.shown };
    const env = isText ? options.env : { ...options.env, ...script.variables };
    return runHere(command, { ...options, env });
  },
);

/**
 * Runs a program without a shell: its arguments are what they are, on every system.
 *
 * ```ts
 * await runProgram("git", ["clone", "--depth=1", url, directory]);
 * ```
 *
 * @throws {CommandError} with the last lines that it wrote
 */
export const runProgram: Task<[string, (readonly string[])?, CommandOptions?], CommandResult> = task(
  { name: "run-program", cachePolicy: NO_CACHE },
  (program: string, args: readonly string[] = [], options: CommandOptions = {}) =>
    runHere({ program, args, shown: [program, ...args].map(shownWord).join(" ") }, options),
);

function runHere(
  ...[command, options]: [Parameters<typeof runCommand>[0], CommandOptions]
): Promise<CommandResult> {
  return runCommand(command, options, { logger: runLogger(), signal: runContext().signal });
}
