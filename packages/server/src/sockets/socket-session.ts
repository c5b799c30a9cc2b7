/** One socket: its frames in order, its pings, and its end. */
import type { RawData, WebSocket } from "ws";
import type { LiveOutlet } from "../live/live-reader.ts";
import { CLOSE, closeReason } from "./close-codes.ts";

/** Frames that came before anybody asked for them. */
const MAX_WAITING_FRAMES = 1000;
const CLOSE_GRACE_MS = 2000;

/** A socket was closed while more was expected of it. */
export class SocketClosedError extends Error {
  constructor() {
    super("The socket was closed.");
    this.name = new.target.name;
  }
}

export class SocketSession implements LiveOutlet {
  readonly #socket: WebSocket;
  readonly #frames: string[] = [];
  #waiting: { resolve: (frame: string) => void; reject: (error: Error) => void } | undefined;
  #onFrame: ((frame: string) => void) | undefined;
  #mayAnswer: (() => Promise<boolean>) | undefined;
  #isAlive = true;
  #isPaused = false;
  /** Settles when the socket is closed, by whomever. */
  readonly closed: Promise<void>;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("message", (data, isBinary) => this.#take(data, isBinary));
    socket.on("ping", (data) => void this.#pong(data));
    socket.on("pong", () => {
      this.#isAlive = true;
    });
    // What goes wrong with a connection closes it, which is what matters here.
    socket.on("error", () => undefined);
    socket.once("close", () => this.#waiting?.reject(new SocketClosedError()));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Bytes that the reader has not taken yet. */
  get backlogBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** The next text frame. @throws {SocketClosedError} when there will be none. */
  next(): Promise<string> {
    const frame = this.#frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    if (!this.isOpen) return Promise.reject(new SocketClosedError());
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** From now on every text frame goes to `onFrame`. A ping is answered when `mayAnswer` says so. */
  read(onFrame: (frame: string) => void, mayAnswer?: () => Promise<boolean>): void {
    this.#onFrame = onFrame;
    this.#mayAnswer = mayAnswer;
    for (const frame of this.#frames.splice(0)) onFrame(frame);
  }

  /** Stops reading from the connection, so that its sender has to wait. */
  pause(): void {
    this.#isPaused = true;
    if (this.isOpen) this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.isOpen) this.#socket.resume();
  }

  send(text: string): void {
    if (this.isOpen) this.#socket.send(text);
  }

  /** Sends, and waits until the connection has taken it. */
  async sendAndWait(text: string): Promise<void> {
    if (!this.isOpen) throw new SocketClosedError();
    await new Promise<void>((resolve, reject) => {
      this.#socket.send(text, (error) => (error ? reject(new SocketClosedError()) : resolve()));
    });
  }

  /** Asks whether the other side is there; false when it did not answer the last time. */
  checkAlive(): boolean {
    // Nobody reads its answer meanwhile.
    if (this.#isPaused) return true;
    if (!this.#isAlive) return false;
    this.#isAlive = false;
    if (this.isOpen) this.#socket.ping();
    return true;
  }

  /** Tells the other side why, and waits until the socket is closed. */
  async close(code: number, reason: string): Promise<void> {
    this.resume();
    this.#socket.close(code, closeReason(reason));
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_GRACE_MS);
    await this.closed;
    clearTimeout(timer);
  }

  /** Tells the other side to come again. */
  letGo(reason: string): void {
    void this.close(CLOSE.tryAgainLater, reason);
  }

  /** Ends the connection without a word. */
  terminate(): void {
    this.#socket.terminate();
  }

  #take(data: RawData, isBinary: boolean): void {
    this.#isAlive = true;
    if (isBinary) {
      void this.close(CLOSE.unsupportedData, "Only text frames are read here.");
      return;
    }
    const frame = data.toString();
    if (this.#onFrame === undefined) this.#hold(frame);
    else this.#onFrame(frame);
  }

  /** For whoever waits for a frame, or is going to. */
  #hold(frame: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) waiting.resolve(frame);
    else if (this.#frames.length < MAX_WAITING_FRAMES) this.#frames.push(frame);
    else void this.close(CLOSE.policyViolation, "Wait for the answer to the first frames.");
  }

  /** An answer tells a client that everything before the question has arrived for good. */
  async #pong(data: Buffer): Promise<void> {
    this.#isAlive = true;
    const mayAnswer = (await this.#mayAnswer?.()) ?? true;
    if (mayAnswer && this.isOpen) this.#socket.pong(data);
  }
}
