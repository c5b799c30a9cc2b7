/** Notifies whoever looks at the terminal. */
import type { Writable } from "node:stream";
import { type Notification, NotificationError, type Notifier, type NotifyOptions } from "./notifier.ts";

export interface TerminalNotifierOptions {
  /** Default: standard output. */
  readonly stream?: Writable | undefined;
}

/** Writes subject and body to a stream, each on lines of its own. */
export class TerminalNotifier implements Notifier {
  readonly #stream: Writable;

  constructor(options: TerminalNotifierOptions = {}) {
    this.#stream = options.stream ?? process.stdout;
  }

  async notify({ subject, body }: Notification, { signal }: NotifyOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const text = subject === undefined ? `${body}\n` : `${subject}\n${body}\n`;
    try {
      await this.#write(text);
    } catch (cause) {
      throw new NotificationError(
        `The message "${subject ?? body}" was not written. See whether the output's reader is still there.`,
        { cause },
      );
    }
  }

  #write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(text, (error) => {
        if (!error) {
          resolve();
          return;
        }
        // An "error" event follows, which would end the process if nobody listened.
        if (this.#stream.listenerCount("error") === 0) this.#stream.once("error", reject);
        reject(error);
      });
    });
  }
}
