/** A log line on its way from a logger to its sinks. */
import type { LogLevelName } from "@sluice/protocol";
import type { LoggedError } from "./error-text.ts";

/** Which run a line belongs to. */
export interface LogRun {
  readonly flowRunId?: string | undefined;
  readonly flowRunName?: string | undefined;
  readonly taskRunId?: string | undefined;
  readonly taskRunName?: string | undefined;
}

/** A field's value as sinks get it: plain data, copied when the line was logged, with nothing secret in it. */
export type LogValue =
  | string
  | number
  | boolean
  | null
  | LoggedError
  | readonly LogValue[]
  | { readonly [member: string]: LogValue };

export interface LogRecord extends LogRun {
  /** The logger's name, such as `sluice.flow_runs`. */
  readonly name: string;
  readonly level: LogLevelName;
  readonly message: string;
  readonly fields: Readonly<Record<string, LogValue>>;
  readonly timestamp: Date;
}

/** Where lines go. Called in the order of logging, in the logging code's own turn: it must be quick and must not wait. */
export interface LogSink {
  write(record: LogRecord): void;
}
