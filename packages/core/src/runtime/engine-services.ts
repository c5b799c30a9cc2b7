/** What the engine works with, opened once per process and handed to every run. */
import type { OrchestrationApi } from "@sluice/protocol";
import type { CancellationWatch } from "../api/cancellation-watch.ts";
import type { Heartbeat } from "../api/heartbeat.ts";
import type { Recorder } from "../api/recorder.ts";
import type { LogDispatcher } from "../logging/log-dispatcher.ts";
import type { Logger } from "../logging/logger.ts";
import type { Settings } from "../settings/settings.ts";
import type { Breather } from "./breather.ts";
import type { Clock } from "./clock.ts";

export interface EngineServices {
  readonly settings: Settings;
  readonly api: OrchestrationApi;
  readonly recorder: Recorder;
  readonly heartbeat: Heartbeat;
  readonly cancellations: CancellationWatch;
  readonly logging: LogDispatcher;
  /** The engine's own lines that belong to no run. */
  readonly logger: Logger;
  readonly clock: Clock;
  readonly breather: Breather;
  /** A number in [0, 1), for jitter. */
  random(): number;
}
