/**
 * What a reader of `/events/out` or `/logs/out` gets: what is stored, the oldest first, then what happens, each once. A
 * reader that is slower than what happens is let go before it fills the memory.
 */
import type { Feed } from "@sluice/orchestration";
import { CLOSE } from "./close-codes.ts";
import type { SocketSession } from "./socket-session.ts";

export interface LiveSource<T> {
  readonly feed: Feed<T>;
  readonly matches: (item: T) => boolean;
  /** The page of what is stored after `last`, or from the beginning; the oldest first. Empty when there is no more. */
  readonly page: (last: T | undefined) => Promise<readonly T[]>;
  readonly idOf: (item: T) => string;
  /** The frame that tells of it. */
  readonly frameOf: (item: T) => string;
}

/** Bytes that a reader may leave waiting. */
const MAX_BACKLOG_BYTES = 8 * 1024 * 1024;
/** What happens while the reader gets what is stored. */
const MAX_HELD = 20_000;
/** What is stored may be told by the feed a moment later, so as many of the last ones are remembered. */
const MAX_REMEMBERED = 20_000;

const TOO_SLOW = "The reader is slower than what happens. Connect again, or ask for less.";

export class LiveReader<T> {
  readonly #session: SocketSession;
  readonly #source: LiveSource<T>;
  /** What happened while the reader gets what is stored; undefined from then on. */
  #held: T[] | undefined = [];
  readonly #sent = new Set<string>();

  constructor(session: SocketSession, source: LiveSource<T>) {
    this.#session = session;
    this.#source = source;
  }

  /** Resolves when the socket is closed. */
  async run(options: { readonly wantsBackfill: boolean }): Promise<void> {
    // Listening comes first, so that nothing can happen between the two.
    const unsubscribe = this.#source.feed.subscribe((items) => this.#take(items));
    try {
      if (options.wantsBackfill) await this.#backfill();
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const item of held) this.#send(item);
      await this.#session.closed;
    } finally {
      unsubscribe();
    }
  }

  async #backfill(): Promise<void> {
    const { page, idOf, frameOf } = this.#source;
    let items = await page(undefined);
    while (items.length > 0 && this.#session.isOpen) {
      for (const item of items.slice(0, -1)) this.#session.send(frameOf(item));
      for (const item of items) this.#remember(idOf(item));
      const last = items.at(-1) as T;
      // The reader's pace is that of the pages.
      await this.#session.sendAndWait(frameOf(last));
      items = await page(last);
    }
  }

  #take(items: readonly T[]): void {
    if (!this.#session.isOpen) return;
    for (const item of items) {
      if (!this.#source.matches(item)) continue;
      if (this.#held === undefined) this.#send(item);
      else if (this.#held.length < MAX_HELD) this.#held.push(item);
      else this.#letGo();
    }
  }

  #send(item: T): void {
    if (this.#sent.delete(this.#source.idOf(item))) return;
    if (this.#session.backlogBytes > MAX_BACKLOG_BYTES) this.#letGo();
    else this.#session.send(this.#source.frameOf(item));
  }

  #remember(id: string): void {
    this.#sent.add(id);
    const [oldest] = this.#sent;
    if (this.#sent.size > MAX_REMEMBERED && oldest !== undefined) this.#sent.delete(oldest);
  }

  #letGo(): void {
    if (!this.#session.isOpen) return;
    void this.#session.close(CLOSE.tryAgainLater, TOO_SLOW);
  }
}
