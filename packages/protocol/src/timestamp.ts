/** The wire's instants: ISO 8601 in UTC with `Z`, up to six decimals. */
import { z } from "zod";
import { toIsoText } from "./iso-text.ts";

export const timestampSchema = z.iso.datetime({ offset: true });

/**
 * An instant as clients send it: ISO 8601 with any offset, with a space instead of `T` (Python's `str(datetime)`), or
 * a number of seconds since 1970; in all cases it is read as ISO 8601 text.
 */
export const receivedTimestampSchema = z.preprocess(toIsoText, timestampSchema);
