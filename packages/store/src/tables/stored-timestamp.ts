/** Instants in columns: ISO 8601 in UTC with six decimals and `Z`, so that the order of the texts is that of the instants. */
import { canonicalTimestamp } from "@sluice/orchestration";
import { InvalidRequestError } from "@sluice/protocol";

const MILLISECONDS_LENGTH = "2026-01-02T03:04:05.123Z".length;

/** @throws {InvalidRequestError} when the text is no instant. */
export function storedTimestamp(text: string): string {
  // What `Date` writes needs three digits more; everything else is rare.
  if (text.length === MILLISECONDS_LENGTH && text.endsWith("Z")) return `${text.slice(0, -1)}000Z`;
  try {
    return canonicalTimestamp(text);
  } catch (error) {
    throw new InvalidRequestError(
      `"${text}" is not an instant. Write it as ISO 8601, such as 2026-01-02T03:04:05Z.`,
      {
        cause: error,
      },
    );
  }
}
