/** What values of rows become in JavaScript. */
import type { CustomTypesConfig, types as driverTypes } from "pg";

const TEXT = 25;
const TEXT_ARRAY = 1009;

/** Types that name no instant, and the type as which they are read instead: `date`, `timestamp`, and arrays of these. */
const READ_AS: ReadonlyMap<number, number> = new Map([
  [1082, TEXT],
  [1114, TEXT],
  [1182, TEXT_ARRAY],
  [1115, TEXT_ARRAY],
]);

/**
 * As the driver has it, but dates and times without a time zone stay texts: a `Date` is an instant, and which one would
 * depend on the time zone of the process.
 */
export function plainTypes(types: typeof driverTypes): CustomTypesConfig {
  const { getTypeParser } = types;
  const parserOf = (oid: number, format?: "text" | "binary"): unknown =>
    format === "binary" ? getTypeParser(oid, "binary") : getTypeParser(READ_AS.get(oid) ?? oid, "text");
  return { getTypeParser: parserOf as typeof getTypeParser };
}
