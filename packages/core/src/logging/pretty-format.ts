/** Log lines for people. */
import { stripVTControlCharacters } from "node:util";
import type { LogLevelName } from "@sluice/protocol";
import { fieldsText, stacksOf } from "./format-message.ts";
import type { LogRecord } from "./log-record.ts";
import { paint, type TerminalColor } from "./terminal-colors.ts";

export interface PrettyFormatOptions {
  /** Local time without a date and aligned names, or, for files and pipes, the whole UTC instant and plain text. */
  readonly isTerminal: boolean;
  readonly colors: boolean;
}

const LEVEL_COLORS: Readonly<Record<LogLevelName, TerminalColor>> = {
  debug: "dim",
  info: "green",
  warn: "yellow",
  error: "red",
  critical: "red",
};

const LEVEL_WIDTH = "critical".length;
const MAX_NAME_WIDTH = 36;
const CONTINUATION = "\n    ";

/** Makes lines such as `14:10:52.123 info     lively-otter / clean-0  Trips read count=3`, without a newline at the end. */
export function prettyFormat(options: PrettyFormatOptions): (record: LogRecord) => string {
  const color = (name: TerminalColor, text: string): string => (options.colors ? paint(name, text) : text);
  let nameWidth = 0;
  return (record) => {
    const name = runName(record);
    // Names line up with the longest so far.
    if (options.isTerminal) nameWidth = Math.min(Math.max(nameWidth, name.length), MAX_NAME_WIDTH);
    const time = options.isTerminal ? localTime(record.timestamp) : record.timestamp.toISOString();
    const level = color(LEVEL_COLORS[record.level], record.level.padEnd(LEVEL_WIDTH));
    const fields = fieldsText(record);
    const message = fields === "" ? record.message : `${record.message} ${color("dim", fields)}`;
    const text = [message, ...stacksOf(record)].join("\n");
    const line = `${color("dim", time)} ${level} ${color("cyan", name.padEnd(nameWidth))}  ${text}`;
    return onOneEntry(options.colors ? line : withoutControls(line));
  };
}

function runName({ flowRunName, taskRunName, name }: LogRecord): string {
  if (flowRunName === undefined) return taskRunName ?? name;
  return taskRunName === undefined ? flowRunName : `${flowRunName} / ${taskRunName}`;
}

function localTime(instant: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const ms = String(instant.getMilliseconds()).padStart(3, "0");
  return `${two(instant.getHours())}:${two(instant.getMinutes())}:${two(instant.getSeconds())}.${ms}`;
}

function withoutControls(line: string): string {
  return line.includes("\u001b") ? stripVTControlCharacters(line) : line;
}

/** Lines within a message are indented: no text that is logged can look like another line. */
function onOneEntry(line: string): string {
  return line.includes("\n") || line.includes("\r") ? line.replaceAll(/\r\n|\r|\n/g, CONTINUATION) : line;
}
