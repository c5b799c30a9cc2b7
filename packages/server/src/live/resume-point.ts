/** Where a reader of the live stream was when its way was cut: the id of the last message. */

/** What is told late by other processes, and by clocks that differ a little. */
const OVERLAP_MS = 2000;
/** Readers that were away for longer ask for everything again, which is then less. */
const MAX_AGE_MS = 10 * 60 * 1000;
/** How long before it is received something may have occurred. */
const DELAY_MS = 5 * 60 * 1000;

const POINT = /^(\d{13})$/u;

export interface ResumePoint {
  /** What was received at this time and later may be new to the reader. */
  readonly receivedSince: string;
  /** What occurred before was received before. */
  readonly occurredSince: string;
}

/** The id of a message about something that was received then. */
export function messageId(received: string): string {
  return String(Date.parse(received)).padStart(13, "0");
}

/** Undefined when it cannot be gone on from there. */
export function resumePoint(lastId: string, nowMs: number): ResumePoint | undefined {
  const [, text] = POINT.exec(lastId) ?? [];
  const receivedMs = Number(text);
  if (text === undefined || nowMs - receivedMs > MAX_AGE_MS || receivedMs > nowMs + OVERLAP_MS)
    return undefined;
  return {
    receivedSince: new Date(receivedMs - OVERLAP_MS).toISOString(),
    occurredSince: new Date(receivedMs - DELAY_MS).toISOString(),
  };
}
