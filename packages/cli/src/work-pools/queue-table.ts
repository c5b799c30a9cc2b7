/** The queues of work pools as a table. */
import type { WorkQueue } from "@sluice/protocol";
import type { Table } from "../output/table.ts";
import { type TimeFormat, timeText } from "../output/time-text.ts";
import { limitText } from "./limit-option.ts";
import { poolStatusColor, statusText } from "./pool-status.ts";

/** One row per queue, in the order given. */
export function queueTable(queues: readonly WorkQueue[], format: TimeFormat): Table {
  return {
    columns: ["QUEUE", "POOL", "PRIORITY", "STATUS", "SLOTS", "LAST ASKED", "ID"],
    rows: queues.map((queue) => [
      queue.name,
      queue.work_pool_name,
      String(queue.priority),
      statusText(queue.status),
      limitText(queue.active_slots, queue.concurrency_limit),
      timeText(queue.last_polled, format),
      queue.id,
    ]),
    colorOf: (row, column) => (column === 3 ? poolStatusColor(queues[row]?.status ?? null) : undefined),
  };
}
