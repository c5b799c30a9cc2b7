/** A logger for programs that are no flow, such as the server. */
import { LogDispatcher, type LogDispatcherOptions } from "./log-dispatcher.ts";
import type { Logger } from "./logger.ts";
import { type TerminalSinkOptions, terminalSink } from "./terminal-sink.ts";

/** Writes to standard error, whatever its name: like the engine's lines, without secrets and one line each. */
export function terminalLogger(
  name: string,
  options: Pick<LogDispatcherOptions, "level"> & Pick<TerminalSinkOptions, "format">,
): Logger {
  const { level, format } = options;
  return new LogDispatcher({ level, sinks: [terminalSink({ format })] }).logger(name);
}
