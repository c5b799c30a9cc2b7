/** What the engine works with while it carries out a call for a flow in another process. */
import { CancellationWatch } from "../api/cancellation-watch.ts";
import { Heartbeat, thisOwner } from "../api/heartbeat.ts";
import { LogDispatcher } from "../logging/log-dispatcher.ts";
import { ENGINE_LOGGER_NAME } from "../logging/terminal-sink.ts";
import { Breather } from "../runtime/breather.ts";
import { systemClock } from "../runtime/clock.ts";
import type { EngineServices } from "../runtime/engine-services.ts";
import type { TemporarySettings } from "../settings/current-settings.ts";
import { loadSettings } from "../settings/load-settings.ts";
import type { SettingOverrides } from "../settings/settings.ts";
import type { TaskChannel } from "../tasks/task-channel.ts";
import { ChannelRecorder } from "./channel-recorder.ts";
import type { TaskCall } from "./task-call.ts";

export interface CallServices {
  readonly services: EngineServices;
  readonly recorder: ChannelRecorder;
  readonly settings: TemporarySettings;
}

/** Services whose history, logs and API are the channel's. */
export function callServices(call: TaskCall, channel: TaskChannel): CallServices {
  const settings = settingsOf(call.settings);
  const { flows, logging: logSettings } = settings.settings;
  const recorder = new ChannelRecorder({
    urgentRunId: call.taskRun.id,
    send: (report) => channel.report(report),
    flush: () => channel.flush(),
  });
  const logging = new LogDispatcher({ sinks: [recorder], level: logSettings.level });
  const logger = logging.logger(ENGINE_LOGGER_NAME);
  let heartbeat: Heartbeat | undefined;
  let cancellations: CancellationWatch | undefined;
  const onTrouble = (message: string, error: unknown): void => logger.warn(message, { error });
  const services: EngineServices = {
    settings: settings.settings,
    recorder,
    logging,
    logger,
    clock,
    breather,
    random: Math.random,
    // Only tasks that call flows need these.
    get api() {
      return channel.api;
    },
    get heartbeat() {
      heartbeat ??= new Heartbeat({
        api: channel.api,
        owner: thisOwner,
        intervalSeconds: flows.heartbeatSeconds,
        leaseSeconds: flows.leaseSeconds,
        onTrouble,
      });
      return heartbeat;
    },
    get cancellations() {
      cancellations ??= new CancellationWatch({
        api: channel.api,
        intervalSeconds: flows.cancelPollSeconds,
        onTrouble,
      });
      return cancellations;
    },
  };
  return { services, recorder, settings };
}

const clock = systemClock();
const breather = new Breather();

/** The last settings that were read: nearly always those of the next call too. */
let lastSettings: { readonly key: string; readonly settings: TemporarySettings } | undefined;

function settingsOf(overrides: SettingOverrides): TemporarySettings {
  const key = JSON.stringify(overrides);
  if (lastSettings?.key !== key) {
    lastSettings = { key, settings: { overrides, settings: loadSettings({ overrides }) } };
  }
  return lastSettings.settings;
}
