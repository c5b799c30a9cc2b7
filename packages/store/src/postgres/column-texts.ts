/**
 * Values of columns as the rest of the store knows them (`SqlValue`). Instants lie in `timestamptz`: eight bytes that keep
 * microseconds, sort, and take part in date arithmetic, against 28 of canonical text.
 */
import { canonicalTimestamp } from "@sluice/orchestration";
import type { SqlValue } from "../sql-session.ts";

/** Object ids of types (`SELECT oid, typname FROM pg_type`). */
const BOOL = 16;
const INT8 = 20;
const INT2 = 21;
const INT4 = 23;
const FLOAT4 = 700;
const FLOAT8 = 701;
const TIMESTAMPTZ = 1184;
const NUMERIC = 1700;

const DATE_LENGTH = "2026-01-02".length;
const DATE_AND_TIME_LENGTH = "2026-01-02 03:04:05".length;
const UTC = "+00";
/** What makes six digits of a fraction of as many characters, the point included. */
const FILLINGS = [".000000Z", "000000Z", "00000Z", "0000Z", "000Z", "00Z", "0Z", "Z"] as const;

type Decode = (text: string) => SqlValue;

const DECODERS: ReadonlyMap<number, Decode> = new Map<number, Decode>([
  [BOOL, (text) => (text === "t" ? 1 : 0)],
  [INT8, Number],
  [INT2, Number],
  [INT4, Number],
  [FLOAT4, Number],
  [FLOAT8, Number],
  [NUMERIC, Number],
  [TIMESTAMPTZ, canonicalInstant],
]);

/** How to read the text of a value of a type; everything without a decoder is text itself. */
export function decoderOf(typeId: number): Decode {
  return DECODERS.get(typeId) ?? asText;
}

/** `2026-01-02 03:04:05.12+00` is 2026-01-02T03:04:05.120000Z. */
function canonicalInstant(text: string): string {
  const date = text.slice(0, DATE_LENGTH);
  const filling = FILLINGS[text.length - DATE_AND_TIME_LENGTH - UTC.length];
  if (filling !== undefined && text.endsWith(UTC)) {
    return `${date}T${text.slice(DATE_LENGTH + 1, -UTC.length)}${filling}`;
  }
  const time = text.slice(DATE_LENGTH + 1, DATE_AND_TIME_LENGTH);
  return canonicalTimestamp(`${date}T${time}${withMinutes(text.slice(DATE_AND_TIME_LENGTH))}`);
}

/** The offsets of PostgreSQL may be hours alone, which `Date` does not read. */
function withMinutes(fractionAndOffset: string): string {
  return fractionAndOffset.replace(/([+-]\d\d)$/u, "$1:00");
}

function asText(text: string): string {
  return text;
}
