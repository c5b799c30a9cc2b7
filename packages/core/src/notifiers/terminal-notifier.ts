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
    // A failed write also emits "error", which without a listener would end the process; the callback has it too.
    const onError = (): void => undefined;
    this.#stream.once("error", onError);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#stream.write(text, (error) => (error ? reject(error) : resolve()));
      });
    } catch (cause) {
      throw new NotificationError(
        `The message "${subject ?? body}" was not written. See whether the output's reader is still there.`,
        { cause },
      );
    }
    this.#stream.off("error", onError);
  }
}
