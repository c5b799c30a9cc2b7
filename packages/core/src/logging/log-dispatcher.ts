/** From loggers to sinks: levels, secrets, size. */
import { LOG_LEVELS, type LogLevelName } from "@sluice/protocol";
import type { LogRecord, LogRun, LogSink } from "./log-record.ts";
import type { LogFields, Logger } from "./logger.ts";
import { processRedactor, type Redactor } from "./redactor.ts";
import { safeText, snapshotFields } from "./snapshot-fields.ts";

export interface LogDispatcherOptions {
  readonly sinks: readonly LogSink[];
  /** Least level that is kept. Default: `info`. */
  readonly level?: LogLevelName | undefined;
  /** Default: the one of this process. */
  readonly redactor?: Redactor | undefined;
  readonly clock?: (() => Date) | undefined;
}

/** One logged line, before it is made a record. */
interface Line {
  readonly name: string;
  readonly run: LogRun;
  readonly level: LogLevelName;
  readonly message: string;
  readonly fields: LogFields;
}

/** Makes loggers whose lines go to all `sinks`. A sink that throws is reported once and never reaches the caller. */
export class LogDispatcher {
  readonly #sinks: readonly LogSink[];
  readonly #leastLevel: number;
  readonly #redactor: Redactor;
  readonly #clock: () => Date;
  readonly #reported = new Set<LogSink>();

  constructor(options: LogDispatcherOptions) {
    this.#sinks = options.sinks;
    const level = LOG_LEVELS[options.level ?? "info"];
    this.#leastLevel = options.sinks.length === 0 ? Number.POSITIVE_INFINITY : level;
    this.#redactor = options.redactor ?? processRedactor;
    this.#clock = options.clock ?? (() => new Date());
  }

  /** A logger of this name, of a run if one is given. */
  logger(name: string, run: LogRun = {}): Logger {
    return new DispatchingLogger({
      name,
      run,
      fields: undefined,
      leastLevel: this.#leastLevel,
      write: this.#write,
    });
  }

  /** Takes a line that was logged in another process, secrets removed and level checked, to the sinks. */
  forward(record: LogRecord): void {
    for (const sink of this.#sinks) {
      try {
        sink.write(record);
      } catch (error) {
        this.#report(sink, error);
      }
    }
  }

  readonly #write = (line: Line): void => {
    const { run } = line;
    // Member by member: spreading `run` takes 4 µs, more than all the rest.
    const record: LogRecord = {
      name: line.name,
      level: line.level,
      message: safeText(String(line.message), this.#redactor),
      fields: snapshotFields(line.fields, this.#redactor),
      timestamp: this.#clock(),
      flowRunId: run.flowRunId,
      flowRunName: run.flowRunName,
      taskRunId: run.taskRunId,
      taskRunName: run.taskRunName,
    };
    this.forward(record);
  };

  #report(sink: LogSink, error: unknown): void {
    if (this.#reported.has(sink)) return;
    this.#reported.add(sink);
    process.emitWarning(
      `A log sink failed; the lines it could not take are lost. ${this.#redactor.redact(String(error))}`,
      { type: "SluiceLogWarning" },
    );
  }
}

interface DispatchingLoggerOptions {
  readonly name: string;
  readonly run: LogRun;
  readonly fields: LogFields | undefined;
  readonly leastLevel: number;
  readonly write: (line: Line) => void;
}

class DispatchingLogger implements Logger {
  readonly #options: DispatchingLoggerOptions;
  readonly #leastLevel: number;

  constructor(options: DispatchingLoggerOptions) {
    this.#options = options;
    this.#leastLevel = options.leastLevel;
  }

  debug(message: string, fields?: LogFields | Error): void {
    if (this.#leastLevel <= LOG_LEVELS.debug) this.#log("debug", message, fields);
  }

  info(message: string, fields?: LogFields | Error): void {
    if (this.#leastLevel <= LOG_LEVELS.info) this.#log("info", message, fields);
  }

  warn(message: string, fields?: LogFields | Error): void {
    if (this.#leastLevel <= LOG_LEVELS.warn) this.#log("warn", message, fields);
  }

  error(message: string, fields?: LogFields | Error): void {
    if (this.#leastLevel <= LOG_LEVELS.error) this.#log("error", message, fields);
  }

  critical(message: string, fields?: LogFields | Error): void {
    if (this.#leastLevel <= LOG_LEVELS.critical) this.#log("critical", message, fields);
  }

  child(fields: LogFields): Logger {
    return new DispatchingLogger({ ...this.#options, fields: { ...this.#options.fields, ...fields } });
  }

  #log(level: LogLevelName, message: string, given: LogFields | Error | undefined): void {
    const { name, run, fields, write } = this.#options;
    const own = given instanceof Error ? { error: given } : given;
    write({ name, run, level, message, fields: fields === undefined ? (own ?? {}) : { ...fields, ...own } });
  }
}
