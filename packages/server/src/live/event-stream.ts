/**
 * One answer of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). What is sent within
 * a moment goes out together, and a comment from time to time shows proxies and readers that the way is open.
 */
import type { LiveOutlet } from "./live-reader.ts";

const BATCH_MS = 50;
const KEEP_ALIVE_MS = 15_000;
/** What the reader may leave waiting before `sendAndWait` waits. */
const HIGH_WATER_BYTES = 256 * 1024;
const DRAIN_CHECK_MS = 10;

export class EventStream implements LiveOutlet {
  readonly body: ReadableStream<Uint8Array>;
  readonly closed: Promise<void>;
  readonly #encoder = new TextEncoder();
  readonly #keepAlive: NodeJS.Timeout;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #markClosed = (): void => undefined;
  #batch = "";
  #timer: NodeJS.Timeout | undefined;

  /** `startId` is where readers go on who come again before they got anything. */
  constructor(startId: string | undefined) {
    this.closed = new Promise((resolve) => {
      this.#markClosed = resolve;
    });
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.#end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_BYTES }),
    );
    this.#keepAlive = setInterval(() => this.#write(": here\n\n"), KEEP_ALIVE_MS);
    // How soon readers come again when the way is cut.
    this.#write(`retry: 1000\n${startId === undefined ? "" : `id: ${startId}\n`}event: ready\ndata: {}\n\n`);
  }

  get isOpen(): boolean {
    return this.#controller !== undefined;
  }

  get backlogBytes(): number {
    return this.#batch.length + this.#queuedBytes;
  }

  send(frame: string): void {
    this.#batch += frame;
    this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS);
  }

  async sendAndWait(frame: string): Promise<void> {
    this.send(frame);
    this.#flush();
    while (this.#queuedBytes > HIGH_WATER_BYTES) {
      await new Promise<void>((resolve) => setTimeout(resolve, DRAIN_CHECK_MS));
    }
  }

  /** Readers who begin anew ask for everything again. */
  letGo(reason: string): void {
    this.#batch = "";
    this.send(resetFrame(reason));
    this.close();
  }

  close(): void {
    this.#flush();
    this.#controller?.close();
    this.#end();
  }

  get #queuedBytes(): number {
    return HIGH_WATER_BYTES - (this.#controller?.desiredSize ?? HIGH_WATER_BYTES);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const batch = this.#batch;
    this.#batch = "";
    if (batch !== "") this.#write(batch);
  }

  #write(text: string): void {
    this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #end(): void {
    this.#controller = undefined;
    clearTimeout(this.#timer);
    clearInterval(this.#keepAlive);
    this.#markClosed();
  }
}

/** A message with data in JSON; readers that come again say the id of the last one they got. */
export function messageFrame(id: string, data: unknown): string {
  return `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Tells a reader that it missed something and has to ask for everything again; when it comes again, it goes on from now. */
export function resetFrame(reason: string): string {
  return `id: ${Date.now()}\nevent: reset\ndata: ${JSON.stringify({ reason })}\n\n`;
}
