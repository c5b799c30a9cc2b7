/** What a filter of workers lets through. */
import type { WorkerFilter } from "@sluice/protocol";
import type { StoredNouns } from "../stored-nouns.ts";
import { atTime, join, type MaybeCondition, type Optional, oneOf } from "./wire-filter.ts";

type Worker = StoredNouns["worker"];

export function workerFilter(filter: Optional<WorkerFilter>): MaybeCondition<Worker> {
  return join<Worker>(filter?.operator, [
    atTime("last_heartbeat_time", filter?.last_heartbeat_time),
    oneOf("status", filter?.status),
  ]);
}
