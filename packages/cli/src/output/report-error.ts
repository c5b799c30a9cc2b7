/** What people see when a command fails. */
import { hasColors, paint } from "@sluice/core";
import { isSluiceError } from "@sluice/protocol";
import type { Terminal } from "./terminal.ts";

/** Writes an error's message; of an error that Sluice did not foresee the stack too. */
export function reportError(error: unknown, { stderr, env }: Terminal): void {
  const prefix = hasColors(stderr, env) ? paint("red", "error:") : "error:";
  if (isSluiceError(error)) {
    stderr.write(`${prefix} ${error.message}\n`);
    return;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stderr.write(`${prefix} This should not happen; please report it with the lines below.\n${text}\n`);
}
