/** Flows. */
import type { Flow } from "@sluice/protocol";
import { ObjectTable } from "./object-table.ts";

export const FLOW_TABLE: ObjectTable<Flow> = new ObjectTable<Flow>("flow", {
  id: "text",
  created: "timestamp",
  updated: "timestamp",
  name: "text",
  tags: "json",
  labels: "json",
});
