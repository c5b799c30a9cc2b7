/**
 * The orchestration API in this process with its history in a SQLite file: what runs use when no server is set up. A
 * composition root, so it names concrete parts.
 */
import { LocalApi } from "@sluice/orchestration";
import type { OrchestrationApi } from "@sluice/protocol";
import { sqliteStore } from "@sluice/store";
import type { EncryptionOptions } from "./encryption/key-source.ts";
import { keysOf, openSealer } from "./encryption/open-sealer.ts";
import type { ServerLogLevel } from "./server-log.ts";
import { runServices } from "./services/run-services.ts";
import { LAPSED_RUNS } from "./services/service-table.ts";

export interface OpenLocalApiOptions {
  /** The history's file; it and its directory are made if need be. */
  readonly databasePath: string;
  /** How long a call waits for a file that another process holds without a gap; default 60. */
  readonly busyTimeoutSeconds?: number | undefined;
  /** What secrets of blocks are sealed with; default: a key in the file `encryption.key` beside the history. */
  readonly encryption?: EncryptionOptions | undefined;
}

/**
 * Opens the history in a SQLite file. Runs whose process is gone are ended now and, while the API is open, every 15
 * seconds; the timer does not keep the process alive. Each call opens the file anew.
 * @throws {HistoryUnavailableError} when the file cannot be used; it says why and what to do.
 */
export async function openLocalApi(options: OpenLocalApiOptions): Promise<OrchestrationApi> {
  const { databasePath: path, busyTimeoutSeconds } = options;
  const sealer = openSealer(keysOf(options));
  const api = new LocalApi({ store: await sqliteStore({ path, busyTimeoutSeconds }), sealer });
  const services = runServices([LAPSED_RUNS], {
    context: api.context,
    log: (level, _message, fields) => warn(level, path, fields?.["error"]),
    keepsAlive: false,
  });
  await services.started;
  return {
    ...api,
    close: async () => {
      await services.stop();
      await api.close();
    },
  };
}

/** A history that cannot be written may still be read, so a failed sweep is told, and the next one tries again. */
function warn(level: ServerLogLevel, path: string, error: unknown): void {
  if (level !== "error") return;
  process.emitWarning(
    `Runs whose process is gone could not be ended in ${path}: ${error instanceof Error ? error.message : String(error)}`,
    { type: "SluiceWarning", code: "SLUICE_SWEEP" },
  );
}
