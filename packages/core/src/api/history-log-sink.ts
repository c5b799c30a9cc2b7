/** Forwards the log lines of runs to history. */
import { LOG_LEVELS, newId } from "@sluice/protocol";
import { formatMessage } from "../logging/format-message.ts";
import type { LogSink } from "../logging/log-record.ts";
import type { Recorder } from "./recorder.ts";

/** A sink that hands the lines that belong to a run to the recorder. */
export function historyLogSink(recorder: Recorder): LogSink {
  return {
    write(record) {
      if (record.flowRunId === undefined && record.taskRunId === undefined) return;
      recorder.log({
        id: newId(),
        name: record.name,
        level: LOG_LEVELS[record.level],
        message: formatMessage(record),
        timestamp: record.timestamp.toISOString(),
        flow_run_id: record.flowRunId ?? null,
        task_run_id: record.taskRunId ?? null,
      });
    },
  };
}
