/** Shows log lines on standard error. */
import type { Writable } from "node:stream";
import { LOG_LEVELS } from "@sluice/protocol";
import { jsonFormat } from "./json-format.ts";
import type { LogRecord, LogSink } from "./log-record.ts";
import { prettyFormat } from "./pretty-format.ts";
import { hasColors, type MaybeTerminal } from "./terminal-colors.ts";

/** The name of the engine's own logger: the lines about runs that begin and end. */
export const ENGINE_LOGGER_NAME = "sluice.engine";

export interface TerminalSinkOptions {
  /** Default: standard error. */
  readonly stream?: (Writable & MaybeTerminal) | undefined;
  /** Default: `pretty`. */
  readonly format?: "pretty" | "json" | undefined;
  /** Whether the engine's lines below `warn` are shown; `auto` (the default) shows them on a terminal. */
  readonly printEngine?: "auto" | "always" | "never" | undefined;
  /** Where `NO_COLOR` and `FORCE_COLOR` are read. Default: the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A sink that writes one line per record: readable and coloured on a terminal, plain in a pipe, or JSON. */
export function terminalSink(options: TerminalSinkOptions = {}): LogSink {
  const stream = options.stream ?? process.stderr;
  const isTerminal = stream.isTTY === true;
  const format =
    options.format === "json"
      ? jsonFormat
      : prettyFormat({ isTerminal, colors: hasColors(stream, options.env) });
  const printEngine = options.printEngine ?? "auto";
  const isEngineShown = printEngine === "auto" ? isTerminal : printEngine === "always";
  keepAliveWithoutReader(stream);
  return {
    write(record) {
      if (isEngineShown || !isQuietLine(record)) stream.write(`${format(record)}\n`);
    },
  };
}

function isQuietLine({ name, level }: LogRecord): boolean {
  return name === ENGINE_LOGGER_NAME && LOG_LEVELS[level] < LOG_LEVELS.warn;
}

/** `… 2>&1 | head` closes the pipe early, and an unheard error event would end the process and its flow. */
function keepAliveWithoutReader(stream: Writable): void {
  if (!stream.listeners("error").includes(ignoreLostReader)) stream.on("error", ignoreLostReader);
}

function ignoreLostReader(): void {
  // Nobody reads standard error any more, so there is nobody to tell; the history has the lines.
}
