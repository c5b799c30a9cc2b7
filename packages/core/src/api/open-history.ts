/** The history for programs that look at it: the command line, scripts, tests. */
import type { OrchestrationApi } from "@sluice/protocol";
import { currentSettings } from "../settings/current-settings.ts";
import type { Settings } from "../settings/settings.ts";
import { openEngine } from "./connect.ts";

/**
 * The orchestration API that runs under these settings are recorded with. Opened once per process and shared with the
 * runs; `closeEngines()` closes it. What earlier processes could not send is sent first, and runs whose process is gone
 * have ended.
 *
 * @throws {HistoryUnavailableError} when the history cannot be opened.
 */
export async function openHistory(settings: Settings = currentSettings()): Promise<OrchestrationApi> {
  const { api } = await openEngine(settings);
  return api;
}
