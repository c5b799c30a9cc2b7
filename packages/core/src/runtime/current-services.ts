/** The engine's services for code outside any run. */
import { SluiceError } from "@sluice/protocol";
import { openEngine } from "../api/connect.ts";
import { currentSettings } from "../settings/current-settings.ts";
import type { EngineServices } from "./engine-services.ts";
import { isTaskWorker } from "./worker-role.ts";

/**
 * Opens what the engine works with, once per process and settings.
 *
 * @throws {SluiceError} code `TASK_REFERENCE` in a thread or process that carries out tasks for a flow elsewhere: there
 * only a module that starts its flow as it is imported comes here, and would start it over and over.
 */
export async function currentServices(): Promise<EngineServices> {
  if (isTaskWorker()) {
    throw new SluiceError(
      "TASK_REFERENCE",
      "A flow or task was called while the module was imported to find a task in it. Call it only when the module is the program itself: if (process.argv[1] === fileURLToPath(import.meta.url)) { … }, or call it from another module.",
    );
  }
  return openEngine(currentSettings());
}
