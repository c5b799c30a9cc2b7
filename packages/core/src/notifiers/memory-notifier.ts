/** Keeps messages instead of delivering them: for tests. */
import type { Notification, Notifier, NotifyOptions } from "./notifier.ts";

/** A notifier whose messages can be read. */
export class MemoryNotifier implements Notifier {
  readonly #messages: Notification[] = [];

  /** What was sent, oldest first. */
  get messages(): readonly Notification[] {
    return this.#messages;
  }

  async notify({ subject, body }: Notification, { signal }: NotifyOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    this.#messages.push({ subject, body });
  }
}
