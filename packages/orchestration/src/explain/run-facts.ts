/** What is known about a run and what it waits for, read in one go. */
import type { ConcurrencyLimit, Worker } from "@sluice/protocol";
import type { StoredDeployment, StoredFlowRun, StoredWorkPool, StoredWorkQueue } from "../stored-nouns.ts";

/** Slots that are limited: how many, how many are taken, and some of those who have them. */
export interface SlotFacts {
  readonly name: string;
  readonly limit: number;
  readonly taken: number;
  readonly holders: readonly StoredFlowRun[];
}

export interface PlaceFacts {
  readonly pool: StoredWorkPool;
  readonly queue: StoredWorkQueue;
  readonly workers: readonly Worker[];
  /** Absent without a limit. */
  readonly poolSlots?: SlotFacts | undefined;
  readonly queueSlots?: SlotFacts | undefined;
}

export interface DeploymentFacts {
  readonly deployment: StoredDeployment;
  readonly flowName: string;
  /** Absent without an active limit. */
  readonly slots?: SlotFacts | undefined;
}

export interface RunFacts {
  readonly now: string;
  readonly run: StoredFlowRun;
  /** Absent when the run has none, or it was deleted. */
  readonly deployment?: DeploymentFacts | undefined;
  /** Absent when the run is in no queue. */
  readonly place?: PlaceFacts | undefined;
  /** The run that called this one. */
  readonly parent?: StoredFlowRun | undefined;
}

/** The limit of a deployment with what is taken of it. */
export function slotsOf(
  limit: Pick<ConcurrencyLimit, "name" | "limit">,
  holders: readonly StoredFlowRun[],
  free: number,
): SlotFacts {
  return { name: limit.name, limit: limit.limit, taken: limit.limit - free, holders };
}
