/** What leads from one page of events to the next: the question, and where the last page ended. */
import { type EventFilter, ForbiddenError, isUuid } from "@sluice/protocol";
import type { EventPosition } from "../store.ts";

export interface EventPageToken {
  readonly filter: EventFilter | null;
  readonly limit: number;
  readonly total: number;
  readonly after: EventPosition;
}

/** Text that can be a member of a URL's query as it is. */
export function writePageToken(token: EventPageToken): string {
  return Buffer.from(JSON.stringify(token)).toString("base64url");
}

/** @throws {ForbiddenError} when the text is none of `writePageToken`. */
export async function readPageToken(text: string): Promise<EventPageToken> {
  const { eventFilterSchema } = await import("@sluice/protocol/schemas");
  const token = parse(text);
  if (typeof token === "object" && token !== null) {
    const { filter, limit, total, after } = token as Partial<Record<keyof EventPageToken, unknown>>;
    const read = eventFilterSchema.nullable().safeParse(filter);
    if (read.success && isCount(limit) && isCount(total) && isPosition(after)) {
      return { filter: read.data, limit, total, after };
    }
  }
  throw new ForbiddenError("This leads to no page of events. Take the next_page of a page as it is.");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0;
}

function isPosition(value: unknown): value is EventPosition {
  if (typeof value !== "object" || value === null) return false;
  const { occurred, id } = value as Partial<Record<keyof EventPosition, unknown>>;
  return isUuid(id) && typeof occurred === "string" && !Number.isNaN(Date.parse(occurred));
}
