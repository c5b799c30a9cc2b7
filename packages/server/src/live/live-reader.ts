/**
 * What a reader of events or log lines gets: what is stored, the oldest first, then what happens, each once. A reader that
 * is slower than what happens is let go before it fills the memory.
 */
import type { Feed } from "@sluice/orchestration";

/** The way to a reader. */
export interface LiveOutlet {
  readonly isOpen: boolean;
  /** Bytes that the reader has not taken yet. */
  readonly backlogBytes: number;
  /** Settles when the way is closed, by whomever. */
  readonly closed: Promise<void>;
  send(frame: string): void;
  /** Resolves when the reader has taken about everything before. Rejects when the way is closed meanwhile. */
  sendAndWait(frame: string): Promise<void>;
  /** Closes the way, because the reader has to begin anew. */
  letGo(reason: string): void;
}

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
  readonly #outlet: LiveOutlet;
  readonly #source: LiveSource<T>;
  /** What happened while the reader gets what is stored; undefined from then on. */
  #held: T[] | undefined = [];
  readonly #sent = new Set<string>();

  constructor(outlet: LiveOutlet, source: LiveSource<T>) {
    this.#outlet = outlet;
    this.#source = source;
  }

  /** Resolves when the way to the reader is closed. */
  async run(options: { readonly wantsBackfill: boolean }): Promise<void> {
    // Listening comes first, so that nothing can happen between the two.
    const unsubscribe = this.#source.feed.subscribe((items) => this.#take(items));
    try {
      if (options.wantsBackfill) await this.#backfill();
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const item of held) this.#send(item);
      await this.#outlet.closed;
    } finally {
      unsubscribe();
    }
  }

  async #backfill(): Promise<void> {
    const { page, idOf, frameOf } = this.#source;
    let items = await page(undefined);
    while (items.length > 0 && this.#outlet.isOpen) {
      for (const item of items.slice(0, -1)) this.#outlet.send(frameOf(item));
      for (const item of items) this.#remember(idOf(item));
      const last = items.at(-1) as T;
      // The reader's pace is that of the pages.
      await this.#outlet.sendAndWait(frameOf(last));
      items = await page(last);
    }
  }

  #take(items: readonly T[]): void {
    if (!this.#outlet.isOpen) return;
    for (const item of items) {
      if (!this.#source.matches(item)) continue;
      if (this.#held === undefined) this.#send(item);
      else if (this.#held.length < MAX_HELD) this.#held.push(item);
      else this.#letGo();
    }
  }

  #send(item: T): void {
    if (this.#sent.delete(this.#source.idOf(item))) return;
    if (this.#outlet.backlogBytes > MAX_BACKLOG_BYTES) this.#letGo();
    else this.#outlet.send(this.#source.frameOf(item));
  }

  #remember(id: string): void {
    this.#sent.add(id);
    const [oldest] = this.#sent;
    if (this.#sent.size > MAX_REMEMBERED && oldest !== undefined) this.#sent.delete(oldest);
  }

  #letGo(): void {
    if (this.#outlet.isOpen) this.#outlet.letGo(TOO_SLOW);
  }
}
