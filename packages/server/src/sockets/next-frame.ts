/** Waits for the next frame of a client, but not for ever. */
import { CLOSE } from "./close-codes.ts";
import { parseFrame } from "./parse-frame.ts";
import type { SocketSession } from "./socket-session.ts";

/**
 * Undefined when it is not the JSON of an object.
 * @throws {SocketClosedError} when none comes; a client that is silent for too long is let go.
 */
export async function nextFrame(
  session: SocketSession,
  { timeoutMs, lateReason }: { readonly timeoutMs: number; readonly lateReason: string },
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const timer = setTimeout(() => void session.close(CLOSE.policyViolation, lateReason), timeoutMs);
  try {
    return parseFrame(await session.next());
  } finally {
    clearTimeout(timer);
  }
}
