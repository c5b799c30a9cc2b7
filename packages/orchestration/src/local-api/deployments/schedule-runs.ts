/** Makes the runs of schedules. */
import { type DeploymentSchedule, ObjectNotFoundError, type Schedule } from "@sluice/protocol";
import { planSchedule } from "../../schedules/plan-dates.ts";
import type { Store } from "../../store.ts";
import type { StoredDeployment, StoredDeploymentSchedule, StoredFlowRun } from "../../stored-nouns.ts";
import { compareTimestamps } from "../../timestamp.ts";
import { insertFlowRun } from "../insert-flow-run.ts";
import type { Moment } from "../local-context.ts";
import { findPlace } from "./deployment-place.ts";
import { newDeploymentRun, type Schedulable } from "./new-deployment-run.ts";
import { listSchedules } from "./read-deployments.ts";

/** A deployment with its flow and its place, which others may change meanwhile. */
export async function schedulable(store: Store, deployment: StoredDeployment): Promise<Schedulable> {
  const where = { type: "equals", member: "id", value: deployment.flow_id } as const;
  const [flow] = await store.flows.list({ where, limit: 1 });
  if (flow === undefined) throw new ObjectNotFoundError("flow", deployment.flow_id);
  return { deployment, flow, place: await findPlace(store, deployment.work_queue_id) };
}

/** Makes the runs of every schedule of a deployment as if none had any; those of a paused one or inactive ones make none. */
export async function scheduleAnew(
  store: Store,
  deployment: StoredDeployment,
  moment: Moment,
): Promise<void> {
  const schedules = await listSchedules(store, [deployment.id]);
  if (schedules.length === 0) return;
  const from = await schedulable(store, deployment);
  for (const schedule of schedules) {
    await scheduleNext(store, { ...from, schedule: { ...schedule, scheduled_until: null } }, moment);
  }
}

/** Makes the runs that a schedule lacks from now on, and gives how many. */
export async function scheduleNext(
  store: Store,
  job: Schedulable & { readonly schedule: StoredDeploymentSchedule },
  moment: Moment,
): Promise<number> {
  const { deployment, schedule } = job;
  const schedules = store.objects("deployment_schedule");
  if (deployment.paused || !schedule.active) {
    await schedules.update(schedule.id, { scheduled_until: null, next_scheduling_time: null });
    return 0;
  }
  const plan = await planSchedule(schedule.schedule, moment.now, schedule.max_scheduled_runs);
  const { scheduled_until: until } = schedule;
  // What was made once and is gone was deleted on purpose.
  const dates = plan.dates.filter((date) => until === null || compareTimestamps(date, until) > 0);
  const created = await insertRuns(store, { ...job, dates }, moment);
  await schedules.update(schedule.id, {
    scheduled_until: dates.at(-1) ?? until,
    next_scheduling_time: plan.lookAgainAt,
  });
  return created;
}

/** Makes a run for each date that has none, and gives how many. */
export async function insertRuns(
  store: Store,
  job: Schedulable & { readonly schedule: DeploymentSchedule; readonly dates: readonly string[] },
  moment: Moment,
): Promise<number> {
  let count = 0;
  for (const date of job.dates) {
    const { created } = await insertFlowRun(store, scheduledRun(job, date, moment), moment);
    if (created) count += 1;
  }
  return count;
}

function scheduledRun(
  job: Schedulable & { readonly schedule: DeploymentSchedule },
  date: string,
  moment: Moment,
): StoredFlowRun {
  const { deployment, schedule } = job;
  const run = newDeploymentRun(
    {
      ...job,
      create: {
        state: { type: "SCHEDULED", message: "Flow run scheduled", state_details: { scheduled_time: date } },
        idempotency_key: `scheduled ${deployment.id} ${schedule.id} ${date}`,
      },
      parameters: { ...deployment.parameters, ...schedule.parameters },
    },
    moment,
  );
  return {
    ...run,
    auto_scheduled: true,
    tags: ["auto-scheduled", ...deployment.tags.filter((tag) => tag !== "auto-scheduled")],
    created_by: {
      id: schedule.id,
      type: "SCHEDULE",
      display_value: schedule.slug ?? kindOf(schedule.schedule),
    },
  };
}

/** What Prefect calls the three kinds. */
function kindOf(schedule: Schedule): string {
  if ("cron" in schedule) return "CronSchedule";
  return "rrule" in schedule ? "RRuleSchedule" : "IntervalSchedule";
}
