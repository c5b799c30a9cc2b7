/** Tasks that run commands. */
export { CommandError } from "./command-error.ts";
export type { CommandOptions, CommandResult } from "./run-command.ts";
export { type ShellScript, type ShellValue, sh } from "./shell-script.ts";
export { runProgram, runShell, type ShellOptions } from "./shell-tasks.ts";
