/** The scheduler: sees to it that every schedule has runs ahead. */
import { isSluiceError } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import { peekDeployment } from "../local-api/deployments/read-deployments.ts";
import { schedulable, scheduleNext } from "../local-api/deployments/schedule-runs.ts";
import type { LocalContext } from "../local-api/local-context.ts";
import type { StoredDeploymentSchedule } from "../stored-nouns.ts";
import { addSeconds } from "../timestamp.ts";

/** How many schedules one transaction holds, each of which may make 100 runs. */
const BATCH = 20;
const MAX_BATCHES = 50;
/** A schedule that cannot be followed is looked at again then. */
const FAILED_SECONDS = 3600;

/** What one step came to. */
export interface SchedulingReport {
  readonly created: number;
  /** Schedules that could not be followed, and why; they are looked at again in an hour. */
  readonly failures: readonly { readonly scheduleId: string; readonly error: unknown }[];
  /** Whether more schedules are due than one step takes. */
  readonly hasMore: boolean;
}

/**
 * Makes the runs of the schedules that have too few ahead. Runs of new and changed schedules were made with the change,
 * so this only looks at schedules whose time has come, whatever their number. Other replicas take other schedules.
 */
export async function scheduleDeployments(context: LocalContext): Promise<SchedulingReport> {
  let created = 0;
  const failures: { scheduleId: string; error: unknown }[] = [];
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const report = await scheduleBatch(context);
    created += report.created;
    failures.push(...report.failures);
    if (!report.hasMore) return { created, failures, hasMore: false };
  }
  return { created, failures, hasMore: true };
}

function scheduleBatch(context: LocalContext): Promise<SchedulingReport> {
  return context.transaction(undefined, async (store, moment) => {
    const schedules = store.objects("deployment_schedule");
    const where: Condition<StoredDeploymentSchedule> = {
      type: "at-most",
      member: "next_scheduling_time",
      value: moment.now,
    };
    const due = await schedules.list({
      where,
      orderBy: [{ member: "next_scheduling_time", direction: "asc" }],
      limit: BATCH,
      lock: "skip",
    });
    let created = 0;
    const failures: { scheduleId: string; error: unknown }[] = [];
    for (const schedule of due) {
      try {
        const from = await schedulable(store, await peekDeployment(store, schedule.deployment_id));
        created += await scheduleNext(store, { ...from, schedule }, moment);
      } catch (error) {
        // A history that is away is the trouble of all schedules, not of this one.
        if (!isSluiceError(error) || error.httpStatus >= 500) throw error;
        failures.push({ scheduleId: schedule.id, error });
        const lookAgainAt = addSeconds(moment.now, FAILED_SECONDS);
        await schedules.update(schedule.id, { next_scheduling_time: lookAgainAt });
      }
    }
    return { created, failures, hasMore: due.length === BATCH };
  });
}
