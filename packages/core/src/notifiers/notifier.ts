/** Tells people something: in a terminal, a chat, by mail. Implementations pass `notifierSuite`. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

export interface Notification {
  /** A short title. A notifier without titles puts it in front of the body. */
  readonly subject?: string | undefined;
  /** The text, over several lines if need be. */
  readonly body: string;
}

export interface NotifyOptions {
  /** How long the delivery may take, with all that is waited for and tried again. Default 60. */
  readonly timeoutSeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Notifier {
  /**
   * Resolves when the message is handed over. A text that is too long for the place is cut, and says so at its end.
   *
   * @throws {NotificationError} when it cannot be, or not in time; the signal's reason when it aborted.
   */
  notify(message: Notification, options?: NotifyOptions): Promise<void>;
}

/** A message was not delivered. */
export class NotificationError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("NOTIFICATION", message, options);
  }
}
