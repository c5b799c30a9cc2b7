/** The socket that clients send their events on. */
import { once } from "node:events";
import { WebSocket } from "ws";

const OPEN_TIMEOUT_MS = 10_000;
/** More than this is not handed to the socket before some of it is gone. */
const HIGH_WATER_BYTES = 4_000_000;

export class EventSocket {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Connects and tells who it is, as Prefect's client does. */
  static async open(apiUrl: string): Promise<EventSocket> {
    const url = `${apiUrl.replace(/^http/u, "ws")}/events/in`;
    const socket = new WebSocket(url, "prefect", {
      handshakeTimeout: OPEN_TIMEOUT_MS,
      perMessageDeflate: false,
    });
    const signal = AbortSignal.timeout(OPEN_TIMEOUT_MS);
    await once(socket, "open", { signal });
    socket.send(JSON.stringify({ type: "auth", token: null }));
    const [answer] = await once(socket, "message", { signal });
    if (!String(answer).includes("auth_success")) throw new Error(`${url} answered ${String(answer)}`);
    return new EventSocket(socket);
  }

  /** Sends the frames in order; resolves when the last is handed to the system. */
  async send(frames: readonly string[]): Promise<void> {
    for (const frame of frames) {
      if (this.#socket.bufferedAmount < HIGH_WATER_BYTES) this.#socket.send(frame);
      else
        await new Promise<void>((resolve, reject) =>
          this.#socket.send(frame, (error) => (error ? reject(error) : resolve())),
        );
    }
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, "close");
    this.#socket.close();
    const timer = setTimeout(() => this.#socket.terminate(), OPEN_TIMEOUT_MS);
    await closed;
    clearTimeout(timer);
  }
}
