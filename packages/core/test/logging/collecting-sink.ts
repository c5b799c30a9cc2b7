/** A sink that keeps what it gets. */
import type { LogRecord, LogSink } from "../../src/logging/log-record.ts";

export function collectingSink(): LogSink & { readonly records: LogRecord[] } {
  const records: LogRecord[] = [];
  return { records, write: (record) => void records.push(record) };
}
