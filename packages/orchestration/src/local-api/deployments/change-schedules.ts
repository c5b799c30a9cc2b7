/** Writes the schedules of deployments. Their runs are made by `scheduleAnew`. */
import {
  ConflictError,
  type DeploymentScheduleCreate,
  type DeploymentScheduleUpdate,
  InvalidRequestError,
  type ScheduleCreate,
} from "@sluice/protocol";
import { jsonCopy } from "../../json-copy.ts";
import { completeSchedule } from "../../schedules/complete-schedule.ts";
import type { Store } from "../../store.ts";
import type { StoredDeploymentSchedule } from "../../stored-nouns.ts";
import type { TransitionContext } from "../../transition.ts";
import { listSchedules } from "./read-deployments.ts";

/** Adds schedules and gives them back, in the order given. */
export async function addSchedules(
  store: Store,
  deploymentId: string,
  schedules: readonly DeploymentScheduleCreate[],
  moment: TransitionContext,
): Promise<StoredDeploymentSchedule[]> {
  const added: StoredDeploymentSchedule[] = [];
  for (const create of schedules) {
    const schedule = await newSchedule(deploymentId, create, moment);
    const { created } = await store.objects("deployment_schedule").insert(schedule);
    if (!created) throw duplicateSlug(schedule.slug);
    added.push(schedule);
  }
  return added;
}

/** Puts other schedules in the place of all that a deployment has. */
export async function replaceSchedules(
  store: Store,
  deploymentId: string,
  schedules: readonly DeploymentScheduleCreate[],
  moment: TransitionContext,
): Promise<void> {
  for (const { id } of await listSchedules(store, [deploymentId])) {
    await store.objects("deployment_schedule").delete(id);
  }
  await addSchedules(store, deploymentId, schedules, moment);
}

/** Writes the members of one schedule that are present and not null. */
export async function changeSchedule(
  store: Store,
  id: string,
  changes: DeploymentScheduleUpdate,
  moment: TransitionContext,
): Promise<boolean> {
  const { schedule, active, max_scheduled_runs: maxRuns, parameters, slug } = changes;
  return store.objects("deployment_schedule").update(id, {
    updated: moment.now,
    ...(schedule != null && { schedule: await completeSchedule(schedule, moment.now) }),
    ...(active != null && { active }),
    ...(maxRuns != null && { max_scheduled_runs: maxRuns }),
    ...(parameters !== undefined && { parameters: jsonCopy(parameters) }),
    ...(slug != null && { slug }),
  });
}

/**
 * The schedules of a deployment as a client wants them: by their slugs where all have one, so that those not named stay
 * as they are; otherwise all of them anew.
 */
export async function updateSchedules(
  store: Store,
  deploymentId: string,
  wanted: readonly DeploymentScheduleUpdate[],
  moment: TransitionContext,
): Promise<void> {
  const stored = await listSchedules(store, [deploymentId]);
  const haveSlugs = stored.length > 0 && stored.every(({ slug }) => slug !== null);
  if (!haveSlugs) {
    const complete = wanted.flatMap((schedule) =>
      schedule.schedule == null ? [] : [withDefinition(schedule)],
    );
    return replaceSchedules(store, deploymentId, complete, moment);
  }
  if (!wanted.every(({ slug }) => slug != null)) {
    throw new InvalidRequestError(
      `The schedules of deployment ${deploymentId} have slugs. Give each schedule in the request a slug, so that it is known which one it changes.`,
    );
  }
  requireDistinctTargets(wanted, new Set(stored.map(({ slug }) => slug)));
  await patchBySlug(store, { deploymentId, stored, wanted }, moment);
}

async function patchBySlug(
  store: Store,
  patch: {
    readonly deploymentId: string;
    readonly stored: readonly StoredDeploymentSchedule[];
    readonly wanted: readonly DeploymentScheduleUpdate[];
  },
  moment: TransitionContext,
): Promise<void> {
  const bySlug = new Map(patch.stored.map((schedule) => [schedule.slug, schedule.id]));
  const targets = patch.wanted.map((changes) => ({
    changes,
    id: bySlug.get(changes.replaces ?? changes.slug ?? null),
  }));
  // Slugs that pass from one schedule to another are free meanwhile.
  for (const { changes, id } of targets) {
    if (id !== undefined && changes.replaces != null) {
      await store.objects("deployment_schedule").update(id, { slug: null });
    }
  }
  for (const { changes, id } of targets) {
    if (id !== undefined) await changeSchedule(store, id, changes, moment);
    else await addSchedules(store, patch.deploymentId, [withDefinition(changes)], moment);
  }
}

function requireDistinctTargets(
  wanted: readonly DeploymentScheduleUpdate[],
  storedSlugs: ReadonlySet<string | null>,
): void {
  const replaced = wanted.flatMap(({ replaces }) => (replaces == null ? [] : [replaces]));
  const twice =
    replaced.find((slug, index) => replaced.indexOf(slug) !== index) ??
    wanted.find(({ slug }, index) => wanted.findIndex((other) => other.slug === slug) !== index)?.slug;
  if (twice != null) {
    throw new InvalidRequestError(
      `Two schedules in the request are about the slug "${twice}". Send one for each.`,
    );
  }
  for (const { slug, replaces } of wanted) {
    if (replaces == null || slug == null || slug === replaces) continue;
    if (storedSlugs.has(slug) && !replaced.includes(slug)) {
      throw new InvalidRequestError(
        `The schedule "${replaces}" cannot be renamed to "${slug}": another schedule has this slug. Choose another one.`,
      );
    }
  }
}

/** A new schedule needs to say when it is due. */
function withDefinition(update: DeploymentScheduleUpdate): DeploymentScheduleCreate {
  const { schedule } = update;
  if (schedule == null) {
    throw new InvalidRequestError(
      `There is no schedule with the slug "${update.replaces ?? update.slug}" to change, and a new one needs a schedule. Send one.`,
    );
  }
  return { ...update, schedule };
}

async function newSchedule(
  deploymentId: string,
  create: DeploymentScheduleCreate,
  moment: TransitionContext,
): Promise<StoredDeploymentSchedule> {
  const schedule: ScheduleCreate = create.schedule;
  return {
    id: moment.newId(),
    created: moment.now,
    updated: moment.now,
    deployment_id: deploymentId,
    schedule: await completeSchedule(schedule, moment.now),
    active: create.active ?? true,
    max_scheduled_runs: create.max_scheduled_runs ?? null,
    parameters: jsonCopy(create.parameters ?? {}),
    slug: create.slug ?? null,
    scheduled_until: null,
    next_scheduling_time: null,
  };
}

function duplicateSlug(slug: string | null): ConflictError {
  return new ConflictError(
    `Two schedules of a deployment cannot have the same slug "${slug}". Schedule slugs must be unique within a deployment.`,
  );
}
