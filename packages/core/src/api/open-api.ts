/** Chooses the orchestration API that settings name: core's one place that knows implementations. */
import type { OrchestrationApi } from "@sluice/protocol";
import { systemClock } from "../runtime/clock.ts";
import { encryptionOf } from "../settings/encryption-settings.ts";
import type { Settings } from "../settings/settings.ts";

/**
 * The API of a server, or one in this process with its history in SQLite or memory. Implementations are loaded only
 * when they are chosen.
 *
 * @throws {HistoryUnavailableError} when the history cannot be opened or the server be reached, saying why and what to do.
 */
export async function openApi(settings: Settings): Promise<OrchestrationApi> {
  if (settings.api.url !== undefined) {
    const { openHttpApi } = await import("./http/http-api.ts");
    const { url, key, authString, requestTimeoutSeconds, maxRetries } = settings.api;
    return openHttpApi({
      url,
      key,
      authString,
      timeoutMs: requestTimeoutSeconds * 1000,
      maxRetries,
      clock: systemClock(),
      random: Math.random,
    });
  }
  if (settings.history.mode === "sqlite") {
    const local = await findLocalServer();
    const { databasePath } = settings.history;
    if (local !== undefined) return local.openLocalApi({ databasePath, encryption: encryptionOf(settings) });
  }
  const { LocalApi, MemoryStore } = await import("@sluice/orchestration");
  const limits = settings.history.mode === "off" ? { maxFinishedFlowRuns: 0 } : {};
  return new LocalApi({ store: new MemoryStore(limits) });
}

/** `@sluice/server/local` if it is installed; core does not depend on it. */
async function findLocalServer(): Promise<typeof import("@sluice/server/local") | undefined> {
  try {
    return await import("@sluice/server/local");
  } catch (error) {
    const isMissing =
      error instanceof Error &&
      "code" in error &&
      error.code === "ERR_MODULE_NOT_FOUND" &&
      error.message.includes("'@sluice/server'");
    if (isMissing) return undefined;
    throw error;
  }
}
