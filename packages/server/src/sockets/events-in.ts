/**
 * `/events/in`: events of clients, one per frame, without an answer to each. Clients send pings from time to time, and
 * forget what they sent before one that is answered: so it is answered when all of that is kept.
 */
import { type EventCreate, type EventsApi, isSluiceError, readEvent } from "@sluice/protocol";
import type { ServerLog } from "../server-log.ts";
import { CLOSE } from "./close-codes.ts";
import { parseFrame } from "./parse-frame.ts";
import type { SocketSession } from "./socket-session.ts";

/** A client that has as many events under way waits; it goes on when half of them are kept. */
const MAX_PENDING = 800;
const MAX_PENDING_BYTES = 16 * 1024 * 1024;

/** Resolves when the socket is closed and everything that came is kept, or is not going to be. */
export async function takeEvents(session: SocketSession, events: EventsApi, log: ServerLog): Promise<void> {
  const intake = new EventIntake(session, events, log);
  session.read(
    (frame) => intake.take(frame),
    () => intake.isKept(),
  );
  await session.closed;
  await intake.isKept();
}

class EventIntake {
  readonly #session: SocketSession;
  readonly #events: EventsApi;
  readonly #log: ServerLog;
  #pending = 0;
  #pendingBytes = 0;
  #last: Promise<void> = Promise.resolve();
  #isPaused = false;
  #hasFailed = false;

  constructor(session: SocketSession, events: EventsApi, log: ServerLog) {
    this.#session = session;
    this.#events = events;
    this.#log = log;
  }

  take(frame: string): void {
    if (this.#hasFailed) return;
    const value = parseFrame(frame);
    if (value === undefined) {
      this.#fail(CLOSE.invalidPayload, "A frame is not the JSON of an object.");
      return;
    }
    try {
      this.#keep(readEvent(value), frame.length);
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      this.#fail(CLOSE.invalidPayload, error.message);
    }
  }

  /** Settles when everything taken so far is kept; false when the client has to send something again. */
  async isKept(): Promise<boolean> {
    await this.#last;
    return !this.#hasFailed;
  }

  #keep(event: EventCreate, bytes: number): void {
    this.#pending += 1;
    this.#pendingBytes += bytes;
    this.#pauseIfFull();
    const kept = this.#events
      .create([event])
      .catch((error: unknown) => this.#refused(event.id, error))
      .then(() => this.#settle(bytes));
    const before = this.#last;
    this.#last = kept.then(() => before);
  }

  #pauseIfFull(): void {
    if (this.#isPaused || (this.#pending < MAX_PENDING && this.#pendingBytes < MAX_PENDING_BYTES)) return;
    this.#isPaused = true;
    this.#session.pause();
  }

  #settle(bytes: number): void {
    this.#pending -= 1;
    this.#pendingBytes -= bytes;
    if (!this.#isPaused || this.#pending > MAX_PENDING / 2 || this.#pendingBytes > MAX_PENDING_BYTES / 2)
      return;
    this.#isPaused = false;
    this.#session.resume();
  }

  /** An event that can never be kept must not come again and again; all others the client sends again. */
  #refused(id: string, error: unknown): void {
    if (!isSluiceError(error, "HISTORY_UNAVAILABLE")) {
      this.#log("error", "An event cannot be kept and is left out", { id, error });
      return;
    }
    this.#log("error", "Events cannot be kept now; their sender is told to come again", { error });
    this.#fail(CLOSE.tryAgainLater, "Events cannot be kept now. Send them again later.");
  }

  #fail(code: number, reason: string): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    void this.#session.close(code, reason);
  }
}
