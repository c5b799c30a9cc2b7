/** What code logs with. */

/** Facts of a line, apart from its message. An error under `error` or `cause` is shown with its stack. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Takes a constant message and the facts apart: `logger.info("Trips read", { path, count })`. A bare error counts as
 * `{ error }`. A line below the level that is kept costs nearly nothing.
 */
export interface Logger {
  debug(message: string, fields?: LogFields | Error): void;
  info(message: string, fields?: LogFields | Error): void;
  warn(message: string, fields?: LogFields | Error): void;
  error(message: string, fields?: LogFields | Error): void;
  critical(message: string, fields?: LogFields | Error): void;
  /** A logger whose lines have these fields too. */
  child(fields: LogFields): Logger;
}
