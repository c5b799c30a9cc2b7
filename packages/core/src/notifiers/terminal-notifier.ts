/** Notifies whoever looks at the terminal. */
import type { Writable } from "node:stream";
import { type Deliverer, type DeliveryOutcome, type DeliveryRefusal, deliver } from "./deliver.ts";
import { notificationText } from "./notification-text.ts";
import type { Notification, Notifier, NotifyOptions } from "./notifier.ts";

export interface TerminalNotifierOptions {
  /** Default: standard output. */
  readonly stream?: Writable | undefined;
}

const TERMINAL: Deliverer = { blockReference: "terminal" };

/** Writes subject and body to a stream, each on lines of its own. */
export class TerminalNotifier implements Notifier {
  readonly #stream: Writable;

  constructor(options: TerminalNotifierOptions = {}) {
    this.#stream = options.stream ?? process.stdout;
  }

  async notify(message: Notification, options?: NotifyOptions): Promise<void> {
    const text = `${notificationText(message)}\n`;
    await deliver(TERMINAL, (signal) => this.#write(text, signal), options);
  }

  #write(text: string, signal: AbortSignal): Promise<DeliveryOutcome<void>> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#stream.write(text, (cause) => {
        signal.removeEventListener("abort", onAbort);
        if (!cause) {
          resolve({ isDelivered: true, answer: undefined });
          return;
        }
        // An "error" event follows, which would end the process if nobody listened.
        if (this.#stream.listenerCount("error") === 0) this.#stream.once("error", () => resolve(BROKEN));
        resolve({ ...BROKEN, cause });
      });
    });
  }
}

const BROKEN: DeliveryRefusal = {
  isDelivered: false,
  problem: "its stream could not be written to",
  remedy: "See whether the output's reader is still there.",
  isPassing: false,
};
