/** How a shell is given a script. */
import { basename } from "node:path";
import { InvalidRequestError } from "@sluice/protocol";

interface ShellCall {
  readonly program: string;
  readonly args: readonly string[];
}

/** By the name of the program. What fails in the middle of a script fails the script, where the shell can do that. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  sh: ["-ec"],
  dash: ["-ec"],
  ash: ["-ec"],
  busybox: ["sh", "-ec"],
  bash: ["--noprofile", "--norc", "-eo", "pipefail", "-c"],
  zsh: ["-f", "-eo", "pipefail", "-c"],
  ksh: ["-eo", "pipefail", "-c"],
  pwsh: ["-NoProfile", "-NonInteractive", "-Command"],
  powershell: ["-NoProfile", "-NonInteractive", "-Command"],
  cmd: ["/d", "/s", "/c"],
};

const POSIX: ReadonlySet<string> = new Set(["sh", "dash", "ash", "busybox", "bash", "zsh", "ksh"]);

/** The shell that there is on every system of the kind. */
export const DEFAULT_SHELL: string = process.platform === "win32" ? "powershell" : "sh";

/**
 * @param shell - the name or the path of a shell
 * @param readsVariables - whether the script was written with `sh`
 * @throws {InvalidRequestError} when it is not known how that shell takes a script
 */
export function shellCall(shell: string, script: string, readsVariables: boolean): ShellCall {
  const name = basename(shell.replaceAll("\\", "/")).replace(/\.exe$/i, "");
  const args = ARGUMENTS[name];
  if (args === undefined) {
    throw new InvalidRequestError(
      `There is no telling how the shell ${shell} takes a script. Use one of ${Object.keys(ARGUMENTS).join(", ")}, or runProgram.`,
    );
  }
  if (readsVariables && !POSIX.has(name)) {
    throw new InvalidRequestError(
      `Scripts written with sh\`…\` are for POSIX shells, not for ${name}. Give a text, or use runProgram with a list of arguments.`,
    );
  }
  return { program: shell, args: [...args, script] };
}
