/** Opens what the engine works with, once per process and history. */
import { join } from "node:path";
import type { OrchestrationApi } from "@sluice/protocol";
import { LogDispatcher } from "../logging/log-dispatcher.ts";
import type { LogSink } from "../logging/log-record.ts";
import { ENGINE_LOGGER_NAME, terminalSink } from "../logging/terminal-sink.ts";
import { Breather } from "../runtime/breather.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import type { EngineServices } from "../runtime/engine-services.ts";
import type { Settings } from "../settings/settings.ts";
import { BatchRecorder } from "./batch-recorder.ts";
import { CancellationWatch } from "./cancellation-watch.ts";
import { Heartbeat, thisOwner } from "./heartbeat.ts";
import { historyLogSink } from "./history-log-sink.ts";
import { openApi } from "./open-api.ts";
import { nullRecorder, type Recorder } from "./recorder.ts";
import { Spool } from "./spool.ts";

const engines = new Map<string, Promise<EngineServices>>();

/** What an engine is opened with instead of what its settings name. */
export interface EngineParts {
  readonly api?: OrchestrationApi | undefined;
  readonly clock?: Clock | undefined;
  /** A sink beside those of the settings. */
  readonly logSink?: LogSink | undefined;
}

/**
 * The services for these settings. Opened at first use and kept until `closeEngines`.
 *
 * @param parts Used at the first use only.
 * @throws {HistoryUnavailableError} when the history cannot be opened: before any user code runs.
 */
export function openEngine(settings: Settings, parts: EngineParts = {}): Promise<EngineServices> {
  const key = keyOf(settings);
  let engine = engines.get(key);
  if (engine === undefined) {
    engine = open(settings, parts);
    engines.set(key, engine);
    engine.catch(() => engines.delete(key));
  }
  // Settings that do not decide what is opened may differ from call to call.
  return engine.then((services) => (services.settings === settings ? services : { ...services, settings }));
}

/** Sends what is buffered and closes every history of this process; the next run opens anew. */
export async function closeEngines(): Promise<void> {
  const open = [...engines.values()];
  engines.clear();
  for (const engine of await Promise.allSettled(open)) {
    if (engine.status === "fulfilled") await close(engine.value);
  }
}

/** Sends what is buffered and closes the history of these settings, if it is open. */
export async function closeEngine(settings: Settings): Promise<void> {
  const key = keyOf(settings);
  const engine = engines.get(key);
  engines.delete(key);
  if (engine !== undefined) await close(await engine);
}

async function close({ recorder, api }: EngineServices): Promise<void> {
  await recorder.close();
  await api.close();
}

/** Settings that decide what is opened. */
function keyOf(settings: Settings): string {
  return JSON.stringify([
    settings.home,
    settings.history,
    settings.api,
    // Secrets do not show themselves, even here.
    settings.api.key?.reveal(),
    settings.api.authString?.reveal(),
    settings.logging,
    settings.flows,
  ]);
}

async function open(settings: Settings, parts: EngineParts): Promise<EngineServices> {
  const { clock = systemClock() } = parts;
  const api = parts.api ?? (await openApi(settings));
  const onTrouble = (message: string, error: unknown): void => {
    logger.warn(message, error === undefined ? {} : { error });
  };
  const spool = new Spool(spoolDirectory(settings));
  const recorder: Recorder = isKept(settings)
    ? new BatchRecorder({
        api,
        clock,
        spool,
        maxBufferedRecords: settings.history.maxBufferedRecords,
        onTrouble,
      })
    : nullRecorder;
  const sinks = sinksOf(settings, recorder);
  if (parts.logSink !== undefined) sinks.push(parts.logSink);
  const now = (): Date => new Date(clock.nowUs() / 1000);
  const logging = new LogDispatcher({ sinks, level: settings.logging.level, clock: now });
  const logger = logging.logger(ENGINE_LOGGER_NAME);
  for (const warning of settings.warnings) logger.warn(warning);
  if (settings.api.url !== undefined || settings.history.mode === "sqlite")
    await resend(spool, { api, onTrouble });
  const heartbeat = new Heartbeat({
    api,
    owner: thisOwner,
    intervalSeconds: settings.flows.heartbeatSeconds,
    leaseSeconds: settings.flows.leaseSeconds,
    onTrouble,
  });
  const cancellations = new CancellationWatch({
    api,
    intervalSeconds: settings.flows.cancelPollSeconds,
    onTrouble,
  });
  return {
    settings,
    api,
    recorder,
    heartbeat,
    cancellations,
    logging,
    logger,
    clock,
    breather: new Breather(),
    random: Math.random,
  };
}

function sinksOf(settings: Settings, recorder: Recorder): LogSink[] {
  const sinks: LogSink[] = [];
  const { toTerminal, format, printEngine } = settings.logging;
  if (toTerminal) sinks.push(terminalSink({ format, printEngine }));
  if (isKept(settings)) sinks.push(historyLogSink(recorder));
  return sinks;
}

/** The history of a server is kept there, whatever is said of the one in process. */
function isKept({ api, history }: Settings): boolean {
  return api.url !== undefined || history.mode !== "off";
}

/** What one history could not take must not come into another. */
function spoolDirectory({ home, api }: Settings): string {
  const spools = join(home, "spool");
  return api.url === undefined ? spools : join(spools, encodeURIComponent(api.url));
}

async function resend(
  spool: Spool,
  { api, onTrouble }: { api: OrchestrationApi; onTrouble: (message: string, error: unknown) => void },
): Promise<void> {
  try {
    await spool.resend({
      api,
      onRefused: (what, error) => onTrouble(`The history refused ${what} of an earlier process`, error),
      onDamaged: (path, lines) =>
        onTrouble(
          `${lines} line(s) of ${path} could not be read; the rest of it is in the history`,
          undefined,
        ),
    });
  } catch (error) {
    onTrouble("History that an earlier process could not send is still waiting", error);
  }
}
