/** Constructors of states, for flows and tasks that return one and for the engine. */
import type { StateDetails, StateType } from "@sluice/protocol";
import { isoFromUs } from "../runtime/clock.ts";
import { State } from "./state.ts";

export interface StateOptions<T = undefined> {
  readonly message?: string | undefined;
  /** Default: the type in title case; any name is allowed. */
  readonly name?: string | undefined;
  readonly details?: StateDetails | undefined;
  /** The value (of a completed run) or error (of one that did not complete). */
  readonly data?: T | undefined;
}

export function Completed<T = undefined>(options: StateOptions<T> = {}): State<T> {
  return new State<T>({ ...words("COMPLETED", options), data: { kind: "value", value: options.data } });
}

export function Failed(options: StateOptions<unknown> = {}): State<never> {
  return unsuccessful("FAILED", options);
}

export function Crashed(options: StateOptions<unknown> = {}): State<never> {
  return unsuccessful("CRASHED", options);
}

export function Cancelled(options: StateOptions<unknown> = {}): State<never> {
  return unsuccessful("CANCELLED", options);
}

export function Cancelling(options: StateOptions = {}): State<never> {
  return new State<never>(words("CANCELLING", options));
}

export function Pending(options: StateOptions = {}): State<never> {
  return new State<never>(words("PENDING", options));
}

export function Running(options: StateOptions = {}): State<never> {
  return new State<never>(words("RUNNING", options));
}

export function Paused(options: StateOptions = {}): State<never> {
  return new State<never>(words("PAUSED", options));
}

export interface ScheduledOptions extends StateOptions {
  /** When the run should start; default: now. */
  readonly scheduledTime?: Date | undefined;
}

export function Scheduled(options: ScheduledOptions = {}): State<never> {
  const time = options.scheduledTime ?? new Date();
  const details = { ...options.details, scheduled_time: isoFromUs(time.getTime() * 1000) };
  return new State<never>(words("SCHEDULED", { ...options, details }));
}

/** A scheduled state named `AwaitingRetry`. */
export function AwaitingRetry(options: ScheduledOptions = {}): State<never> {
  return Scheduled({ name: "AwaitingRetry", ...options });
}

function words(type: StateType, options: StateOptions<unknown>): ConstructorParameters<typeof State>[0] {
  return { type, name: options.name, message: options.message, details: options.details };
}

function unsuccessful(type: StateType, options: StateOptions<unknown>): State<never> {
  const data = options.data === undefined ? undefined : ({ kind: "error", error: options.data } as const);
  return new State<never>({ ...words(type, options), data });
}
