/** What the wire's list calls mean to a store: a condition, an order and a page of 200 unless another is asked for. */
import type { FlowQuery, FlowRunQuery, LogQuery, TaskRunQuery } from "@sluice/protocol";
import type { ObjectQuery, Order } from "../conditions.ts";
import type { StoredNouns } from "../stored-nouns.ts";
import { logMatches } from "./log-filter.ts";
import { flowMatches, flowRunMatches, taskRunMatches } from "./noun-filters.ts";

export const DEFAULT_LIMIT = 200;

type SortOf<Q extends { sort?: string | null | undefined }> = NonNullable<Q["sort"]>;
type Run = StoredNouns["flow_run"] & StoredNouns["task_run"];

const FLOW_ORDERS: Readonly<Record<SortOf<FlowQuery>, Order<StoredNouns["flow"]>>> = {
  CREATED_DESC: { member: "created", direction: "desc" },
  UPDATED_DESC: { member: "updated", direction: "desc" },
  NAME_ASC: { member: "name", direction: "asc" },
  NAME_DESC: { member: "name", direction: "desc" },
};

const RUN_ORDERS: Readonly<Record<SortOf<TaskRunQuery>, Order<Run>>> = {
  ID_DESC: { member: "id", direction: "desc" },
  EXPECTED_START_TIME_ASC: { member: "expected_start_time", direction: "asc" },
  EXPECTED_START_TIME_DESC: { member: "expected_start_time", direction: "desc" },
  NAME_ASC: { member: "name", direction: "asc" },
  NAME_DESC: { member: "name", direction: "desc" },
  NEXT_SCHEDULED_START_TIME_ASC: { member: "next_scheduled_start_time", direction: "asc" },
  END_TIME_DESC: { member: "end_time", direction: "desc" },
};

const FLOW_RUN_ORDERS: Readonly<Record<SortOf<FlowRunQuery>, Order<Run>>> = {
  ...RUN_ORDERS,
  START_TIME_ASC: { member: ["start_time", "expected_start_time"], direction: "asc" },
  START_TIME_DESC: { member: ["start_time", "expected_start_time"], direction: "desc" },
};

/** Sorted by name unless asked otherwise. */
export function flowQuery(query: FlowQuery): ObjectQuery<StoredNouns["flow"]> {
  return { where: flowMatches(query), orderBy: [FLOW_ORDERS[query.sort ?? "NAME_ASC"]], ...pageOf(query) };
}

/** Sorted by falling id unless asked otherwise. */
export function flowRunQuery(query: FlowRunQuery): ObjectQuery<StoredNouns["flow_run"]> {
  const order = FLOW_RUN_ORDERS[query.sort ?? "ID_DESC"] as Order<StoredNouns["flow_run"]>;
  return { where: flowRunMatches(query), orderBy: [order], ...pageOf(query) };
}

/** Sorted by falling id unless asked otherwise. */
export function taskRunQuery(query: TaskRunQuery): ObjectQuery<StoredNouns["task_run"]> {
  const order = RUN_ORDERS[query.sort ?? "ID_DESC"] as Order<StoredNouns["task_run"]>;
  return { where: taskRunMatches(query), orderBy: [order], ...pageOf(query) };
}

/** Sorted by time unless asked otherwise. */
export function logQuery(query: LogQuery): ObjectQuery<StoredNouns["log"]> {
  const direction = query.sort === "TIMESTAMP_DESC" ? "desc" : "asc";
  return { where: logMatches(query.logs), orderBy: [{ member: "timestamp", direction }], ...pageOf(query) };
}

/** The part of the list that is asked for. */
export function pageOf(query: {
  readonly limit?: number | null | undefined;
  readonly offset?: number | null | undefined;
}): { readonly limit: number; readonly offset: number } {
  return { limit: query.limit ?? DEFAULT_LIMIT, offset: query.offset ?? 0 };
}
