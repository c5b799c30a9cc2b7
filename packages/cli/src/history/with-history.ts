/** Opens the history for a command and closes it when the command is done. */
import { closeEngines, loadSettings, openHistory } from "@sluice/core";
import type { OrchestrationApi } from "@sluice/protocol";
import type { GlobalOptions } from "../global-options.ts";
import { Printer } from "../output/printer.ts";
import type { Terminal } from "../output/terminal.ts";

/** What a command that reads the history works with. */
export interface HistoryContext {
  readonly api: OrchestrationApi;
  readonly printer: Printer;
  readonly terminal: Terminal;
}

/**
 * Calls `work` with the history of the profile and environment. Runs whose process is gone have been ended in it.
 *
 * @throws {HistoryUnavailableError} when it cannot be opened.
 */
export async function withHistory(
  { profile }: GlobalOptions,
  terminal: Terminal,
  work: (context: HistoryContext) => Promise<void>,
): Promise<void> {
  const settings = loadSettings({ env: terminal.env, overrides: { profile } });
  const printer = new Printer(terminal);
  const { mode } = settings.history;
  if (settings.api.url === undefined && mode !== "sqlite") {
    printer.warn(`The setting history.mode is ${mode}, so runs of other processes are not kept anywhere.`);
  }
  try {
    await work({ api: await openHistory(settings), printer, terminal });
  } finally {
    await closeEngines();
  }
}
