/** Flows. */
import type { Flow } from "@sluice/protocol";
import { ObjectTable } from "./object-table.ts";

export const FLOW_TABLE: ObjectTable<Flow> = new ObjectTable<Flow>("flow", {
  id: "id",
  created: "timestamp",
  updated: "timestamp",
  name: "text",
  tags: "tags",
  labels: "json",
});
