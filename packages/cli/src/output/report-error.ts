/** What people see when a command fails. */
import { inspect } from "node:util";
import { hasColors, paint } from "@sluice/core";
import { isSluiceError } from "@sluice/protocol";
import { errorPlace } from "./error-place.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Writes an error's message and, when it came from the user's code, the place there. The stack is written of an error
 * that Sluice did not foresee, and of every error at the log level debug.
 */
export function reportError(error: unknown, { stderr, env }: Terminal): void {
  const hasColor = hasColors(stderr, env);
  const prefix = hasColor ? paint("red", "error:") : "error:";
  if (!isSluiceError(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stderr.write(`${prefix} This should not happen; please report it with the lines below.\n${text}\n`);
    return;
  }
  const isDebugging = env["SLUICE_LOGGING_LEVEL"]?.toLowerCase() === "debug";
  const details = isDebugging ? [inspect(error)] : errorPlace(error.cause).map((line) => `    ${line}`);
  const lines = details.map((line) => (hasColor ? paint("dim", line) : line));
  stderr.write(`${[`${prefix} ${error.message}`, ...lines].join("\n")}\n`);
}
