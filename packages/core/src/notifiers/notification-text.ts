/** Notifications as plain text. */
import type { Notification } from "./notifier.ts";

/** The body, with the subject in a line above it. */
export function notificationText({ subject, body }: Notification): string {
  return subject === undefined ? body : `${subject}\n${body}`;
}

/**
 * The text, or as much of its beginning as is no larger than `max` together with a note that says how much is missing.
 *
 * @param sizeOf grows with the text. Default: its length.
 */
export function shortenText(
  text: string,
  max: number,
  sizeOf: (text: string) => number = (each) => each.length,
): string {
  if (sizeOf(text) <= max) return text;
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (sizeOf(cutAt(text, middle)) <= max) fits = middle;
    else tooLong = middle;
  }
  return cutAt(text, fits);
}

function cutAt(text: string, length: number): string {
  // Half a surrogate pair is no text.
  const end = /[\ud800-\udbff]$/.test(text.slice(0, length)) ? length - 1 : length;
  return `${text.slice(0, end)}… [${text.length - end} more characters]`;
}
