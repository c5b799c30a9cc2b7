/** Tells people something: in a terminal, a chat, by mail. Implementations pass `notifierSuite`. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

export interface Notification {
  /** A short title. A notifier without titles puts it in front of the body. */
  readonly subject?: string | undefined;
  /** The text, over several lines if need be. */
  readonly body: string;
}

export interface NotifyOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface Notifier {
  /**
   * Resolves when the message is handed over.
   * @throws {NotificationError} when it cannot be; the signal's reason when it aborted.
   */
  notify(message: Notification, options?: NotifyOptions): Promise<void>;
}

/** A message was not delivered. */
export class NotificationError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("NOTIFICATION", message, options);
  }
}
