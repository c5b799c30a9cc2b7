/**
 * The orchestration API in this process with its history in a SQLite file: what runs use when no server is set up. A
 * composition root, so it names concrete parts.
 */
import { LocalApi } from "@sluice/orchestration";
import type { OrchestrationApi } from "@sluice/protocol";
import { sqliteStore } from "@sluice/store";
import { LapsedRunSweeper } from "./lapsed-run-sweeper.ts";

export interface OpenLocalApiOptions {
  /** The history's file; it and its directory are made if need be. */
  readonly databasePath: string;
  /** How long a call waits for a file that another process holds without a gap; default 60. */
  readonly busyTimeoutSeconds?: number | undefined;
}

/**
 * Opens the history in a SQLite file. Runs whose process is gone are ended now and, while the API is open, every 15
 * seconds; the timer does not keep the process alive. Each call opens the file anew.
 * @throws {HistoryUnavailableError} when the file cannot be used; it says why and what to do.
 */
export async function openLocalApi(options: OpenLocalApiOptions): Promise<OrchestrationApi> {
  const { databasePath: path, busyTimeoutSeconds } = options;
  const api = new LocalApi({ store: await sqliteStore({ path, busyTimeoutSeconds }) });
  const sweeper = new LapsedRunSweeper(api);
  await sweeper.start();
  return {
    ...api,
    close: async () => {
      await sweeper.stop();
      await api.close();
    },
  };
}
