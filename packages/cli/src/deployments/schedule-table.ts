/** The schedules of a deployment as a table. */
import type { DeploymentSchedule } from "@sluice/protocol";
import { jsonText } from "../output/json-text.ts";
import type { Table } from "../output/table.ts";
import { scheduleText } from "./schedule-text.ts";

/** One row per schedule. */
export function scheduleTable(schedules: readonly DeploymentSchedule[]): Table {
  return {
    columns: ["SCHEDULE", "WHEN", "STATUS", "PARAMETERS", "ID"],
    rows: schedules.map((schedule) => [
      schedule.slug ?? "",
      scheduleText({ ...schedule, active: true }),
      schedule.active ? "active" : "paused",
      Object.keys(schedule.parameters).length === 0 ? "" : jsonText(schedule.parameters),
      schedule.id,
    ]),
    colorOf: (row, column) =>
      column === 2 ? (schedules[row]?.active === true ? "green" : "yellow") : undefined,
  };
}
