/** What readers ask for: the frame after the handshake. */
import type { z } from "zod";
import { CLOSE } from "./close-codes.ts";
import { nextFrame } from "./next-frame.ts";
import type { SocketSession } from "./socket-session.ts";

const FILTER_FRAME = { timeoutMs: 30_000, lateReason: "The filter frame did not come in time." } as const;

export interface AskedFilter<Filter> {
  readonly filter: Filter;
  /** Whether what is stored is wanted too. */
  readonly wantsBackfill: boolean;
}

/** Undefined when it is none: then the socket is closed. */
export async function readFilter<Schema extends z.ZodType>(
  session: SocketSession,
  schema: Schema,
): Promise<AskedFilter<z.infer<Schema>> | undefined> {
  const frame = await nextFrame(session, FILTER_FRAME);
  if (frame?.["type"] !== "filter") {
    await session.close(CLOSE.protocolError, 'Expected a frame {"type":"filter","filter":…}.');
    return undefined;
  }
  const parsed = schema.safeParse(frame["filter"]);
  if (parsed.success) return { filter: parsed.data, wantsBackfill: frame["backfill"] !== false };
  const [issue] = parsed.error.issues;
  await session.close(
    CLOSE.protocolError,
    `Invalid filter: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
  );
  return undefined;
}
