/** The engine's services for code outside any run. */
import { openEngine } from "../api/connect.ts";
import { currentSettings } from "../settings/current-settings.ts";
import type { EngineServices } from "./engine-services.ts";

/** Opens what the engine works with, once per process and settings. */
export function currentServices(): Promise<EngineServices> {
  return openEngine(currentSettings());
}
