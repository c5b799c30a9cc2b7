/** The errors that say how a run ended. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/** The run ended Failed, without an error of its own. */
export class FailedRunError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("FAILED_RUN", message, options);
  }
}

/** The run ended Crashed: its process or infrastructure went away. */
export class CrashedRunError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("CRASHED_RUN", message, options);
  }
}

/** The run was cancelled. */
export class CancelledRunError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("CANCELLED_RUN", message, options);
  }
}

/** The run is paused. */
export class PausedRunError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("PAUSED_RUN", message, options);
  }
}

/** A result was asked of a run that has not ended. */
export class UnfinishedRunError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("UNFINISHED_RUN", message, options);
  }
}

/** The run took longer than its `timeoutSeconds`. */
export class TimedOutError extends SluiceError {
  constructor(what: string, seconds: number) {
    super("TIMED_OUT", `${what} exceeded its timeout of ${seconds} second(s).`, { details: { seconds } });
  }
}

/** A task run was not started because something it depends on did not complete. */
export class UpstreamTaskError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("UPSTREAM_TASK", message, options);
  }
}

/** Orchestration refused to go on with a run. */
export class AbortedRunError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("ABORTED", message, options);
  }
}

/** Waiting for a run took longer than the caller allowed; the run goes on. */
export class WaitTimeoutError extends SluiceError {
  constructor(what: string, seconds: number) {
    super("WAIT_TIMEOUT", `${what} did not end within ${seconds} second(s); it goes on.`, {
      details: { seconds },
    });
  }
}
