/** Log lines for machines. */
import type { LogRecord } from "./log-record.ts";

/**
 * One JSON object without a newline: `timestamp`, `level`, `logger`, `message`, the run's members if there is one, and
 * `fields` if there are any.
 */
export function jsonFormat(record: LogRecord): string {
  const { timestamp, level, name, message, fields, flowRunId, flowRunName, taskRunId, taskRunName } = record;
  return JSON.stringify({
    timestamp,
    level,
    logger: name,
    message,
    flowRunId,
    flowRunName,
    taskRunId,
    taskRunName,
    fields: Object.keys(fields).length === 0 ? undefined : fields,
  });
}
