/** Counts objects in memory by what they have in common. */
import { estimates } from "../estimates.ts";
import type { RunTally, RunTallyQuery } from "../store.ts";
import type { StoredFlowRun, StoredTaskRun } from "../stored-nouns.ts";
import { secondsBetween } from "../timestamp.ts";

/** Value of a member → how many objects have it. */
export function countBy<T>(objects: readonly T[], member: keyof T): Map<string, number> {
  const counts = new Map<string, number>();
  for (const object of objects) {
    const value = object[member] ?? null;
    if (value !== null) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  return counts;
}

/** The runs by span of time and state. */
export function tallyRuns<T extends StoredFlowRun | StoredTaskRun>(
  runs: readonly T[],
  query: RunTallyQuery<T>,
): RunTally[] {
  const tallies = new Map<string, RunTally>();
  for (const run of runs) {
    const instant = run[query.by];
    if (instant === null) continue;
    const bucket = Math.floor(secondsBetween(query.origin, instant) / query.seconds);
    const key = JSON.stringify([bucket, run.state_type, run.state_name]);
    const tally = tallies.get(key);
    const { estimated_run_time, estimated_start_time_delta } = estimates(run, query.now);
    tallies.set(key, {
      bucket,
      stateType: run.state_type,
      stateName: run.state_name,
      count: (tally?.count ?? 0) + 1,
      runTimeSeconds: (tally?.runTimeSeconds ?? 0) + estimated_run_time,
      latenessSeconds: (tally?.latenessSeconds ?? 0) + estimated_start_time_delta,
    });
  }
  return [...tallies.values()];
}
