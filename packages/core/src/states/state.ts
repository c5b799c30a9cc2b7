/** The state of a run, with its value and the questions one asks of it. */
import {
  isTerminalStateType,
  newId,
  type ResultReference,
  type StateCreate,
  type StateDetails,
  type StateType,
  type WireState,
} from "@sluice/protocol";
import { isoFromUs, usFromIso } from "../runtime/clock.ts";
import { resultOfState, type StateResultOptions } from "./state-result.ts";

/**
 * What a state carries besides words: a value, what was thrown, or the place of a persisted result (whose value may be
 * dropped from memory and read again).
 */
export type StateData =
  | { readonly kind: "value"; readonly value: unknown; readonly reference?: ResultReference | undefined }
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "stored"; readonly reference: ResultReference; read(): Promise<unknown> };

export interface StateInit {
  readonly type: StateType;
  /** Default: the type in title case. */
  readonly name?: string | undefined;
  readonly message?: string | undefined;
  readonly details?: StateDetails | undefined;
  readonly data?: StateData | undefined;
  readonly id?: string | undefined;
  /** Microseconds since the epoch; default: now. */
  readonly timestampUs?: number | undefined;
}

/** A state of a flow run or task run. `T` is the type of the value that a completed run gives. */
export class State<T = unknown> {
  readonly type: StateType;
  readonly name: string;
  readonly message: string | undefined;
  readonly details: StateDetails;
  readonly data: StateData | undefined;
  declare protected readonly valueType: T;
  #id: string | undefined;
  #timestampUs: number;

  constructor(init: StateInit) {
    this.type = init.type;
    this.name = init.name ?? defaultName(init.type);
    this.message = init.message;
    this.details = init.details ?? NO_DETAILS;
    this.data = init.data;
    this.#timestampUs = init.timestampUs ?? Date.now() * 1000;
    this.#id = init.id;
  }

  /** UUID (version 7) of this state. */
  get id(): string {
    this.#id ??= newId();
    return this.#id;
  }

  get timestamp(): Date {
    return new Date(this.#timestampUs / 1000);
  }

  /** Microseconds since the epoch. */
  get timestampUs(): number {
    return this.#timestampUs;
  }

  /** @internal Says when the run entered this state, by the clock of its engine. */
  stamp(us: number): void {
    this.#timestampUs = us;
  }

  /**
   * @internal Makes this state later than the one before it, where clocks say otherwise: two states in one millisecond
   * in two processes, or a machine whose clock is behind.
   */
  moveAfter(us: number): void {
    if (this.#timestampUs <= us) this.#timestampUs = us + 1;
  }

  isScheduled(): boolean {
    return this.type === "SCHEDULED";
  }
  isPending(): boolean {
    return this.type === "PENDING";
  }
  isRunning(): boolean {
    return this.type === "RUNNING";
  }
  isCompleted(): boolean {
    return this.type === "COMPLETED";
  }
  isFailed(): boolean {
    return this.type === "FAILED";
  }
  isCrashed(): boolean {
    return this.type === "CRASHED";
  }
  isCancelled(): boolean {
    return this.type === "CANCELLED";
  }
  isCancelling(): boolean {
    return this.type === "CANCELLING";
  }
  isPaused(): boolean {
    return this.type === "PAUSED";
  }
  /** Whether the run has ended. */
  isFinal(): boolean {
    return isTerminalStateType(this.type);
  }

  /**
   * The value of a completed run. Otherwise rejects: with the error that the run threw, or with one that says how the
   * run ended (`FailedRunError`, `CrashedRunError`, `CancelledRunError`, `PausedRunError`, `UnfinishedRunError`).
   * With `raiseOnFailure: false` that error is the value.
   *
   * @throws {MissingResultError} when the run completed but its value was neither persisted nor kept.
   */
  async result(): Promise<T>;
  async result(options: StateResultOptions): Promise<T | Error>;
  async result(options: StateResultOptions = {}): Promise<unknown> {
    return resultOfState(this, options);
  }

  /** This state as stored and sent. */
  toWire(): WireState {
    return {
      id: this.id,
      type: this.type,
      name: this.name,
      timestamp: isoFromUs(this.timestampUs),
      message: this.message ?? null,
      data: referenceOf(this.data) ?? null,
      state_details: this.details,
    };
  }

  /** This state as a proposal to orchestration. */
  toProposal(transitionId?: string): StateCreate {
    return {
      type: this.type,
      name: this.name,
      message: this.message ?? null,
      data: referenceOf(this.data) ?? null,
      state_details:
        transitionId === undefined ? this.details : { ...this.details, transition_id: transitionId },
    };
  }

  /** A state read from the wire; `data` says what it carries in this process. */
  static fromWire<T = unknown>(wire: WireState, data?: StateData): State<T> {
    return new State<T>({
      id: wire.id,
      type: wire.type,
      name: wire.name,
      message: wire.message ?? undefined,
      details: wire.state_details,
      timestampUs: usFromIso(wire.timestamp),
      data,
    });
  }

  toString(): string {
    const words = this.message === undefined ? "" : `: ${this.message}`;
    return `${this.name} (${this.type})${words}`;
  }
}

const NO_DETAILS: StateDetails = Object.freeze({});

const DEFAULT_NAMES: Readonly<Record<StateType, string>> = {
  SCHEDULED: "Scheduled",
  PENDING: "Pending",
  RUNNING: "Running",
  COMPLETED: "Completed",
  FAILED: "Failed",
  CANCELLED: "Cancelled",
  CRASHED: "Crashed",
  PAUSED: "Paused",
  CANCELLING: "Cancelling",
};

function defaultName(type: StateType): string {
  return DEFAULT_NAMES[type];
}

function referenceOf(data: StateData | undefined): ResultReference | undefined {
  return data === undefined || data.kind === "error" ? undefined : data.reference;
}
