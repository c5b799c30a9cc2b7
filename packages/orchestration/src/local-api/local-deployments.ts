/** Deployments of the in-process API: every write is one transaction, which also makes the runs that follow from it. */
import {
  type ApiCallOptions,
  type BulkFlowRunResult,
  type Deployment,
  type DeploymentCreate,
  type DeploymentFlowRunCreate,
  type DeploymentPage,
  type DeploymentPageQuery,
  type DeploymentQuery,
  type DeploymentSchedule,
  type DeploymentScheduleCreate,
  type DeploymentScheduleUpdate,
  type DeploymentsApi,
  type DeploymentsDelete,
  type DeploymentUpdate,
  type FlowRun,
  ObjectNotFoundError,
  type ScheduledRunsRequest,
  type ScheduleRequest,
  UnsuitableRequestError,
  type WorkQueue,
} from "@sluice/protocol";
import { withEstimates } from "../estimates.ts";
import { deploymentEvent } from "../events/deployment-events.ts";
import { deploymentMatches, deploymentQuery } from "../filters/deployment-filters.ts";
import { DEFAULT_LIMIT } from "../filters/run-queries.ts";
import { DEFAULT_BOUNDS, planDates } from "../schedules/plan-dates.ts";
import type { Store } from "../store.ts";
import type { StoredDeployment } from "../stored-nouns.ts";
import { canonicalTimestamp, secondsBetween } from "../timestamp.ts";
import { toWorkQueue } from "../work-pools/active-slots.ts";
import { addSchedules, changeSchedule } from "./deployments/change-schedules.ts";
import { deleteDeployment } from "./deployments/delete-deployment.ts";
import { findPlace } from "./deployments/deployment-place.ts";
import { listDueRuns, markPolled } from "./deployments/due-runs.ts";
import {
  findDeployment,
  listSchedules,
  readDeployments,
  toSchedule,
} from "./deployments/read-deployments.ts";
import { runDeployment, runDeploymentOften } from "./deployments/run-deployment.ts";
import { changeDeployment, saveDeployment } from "./deployments/save-deployment.ts";
import { insertRuns, schedulable, scheduleAnew, scheduleNext } from "./deployments/schedule-runs.ts";
import { deleteUnstartedRuns } from "./deployments/unstarted-runs.ts";
import type { LocalContext, Moment } from "./local-context.ts";
import { checkQuery } from "./requests.ts";

const MAX_BULK_DELETE = 50;
const MAX_BULK_RUNS = 100;

/** Keeps deployments, and makes their runs. */
export class LocalDeployments implements DeploymentsApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  create(create: DeploymentCreate, options?: ApiCallOptions): Promise<Deployment> {
    return this.#context.transaction(options, async (store, moment) =>
      readDeployment(store, await saveDeployment(store, create, moment)),
    );
  }

  async get(id: string, options?: ApiCallOptions): Promise<Deployment> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    return readDeployment(store, await findDeployment(store, id));
  }

  async getByName(flowName: string, name: string, options?: ApiCallOptions): Promise<Deployment> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const where = deploymentMatches({
      flows: { name: { any_: [flowName] } },
      deployments: { name: { any_: [name] } },
    });
    const [deployment] = await store.objects("deployment").list({ where, limit: 1 });
    if (deployment === undefined) throw new ObjectNotFoundError("deployment", `${flowName}/${name}`);
    return readDeployment(store, deployment);
  }

  async update(id: string, changes: DeploymentUpdate, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, (store, moment) => changeDeployment(store, id, changes, moment));
  }

  async delete(id: string, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store, moment) =>
      deleteDeployment(store, await findDeployment(store, id), moment),
    );
  }

  async filter(query: DeploymentQuery, options?: ApiCallOptions): Promise<Deployment[]> {
    checkQuery(query, options);
    const { store } = this.#context;
    return readDeployments(store, await store.objects("deployment").list(deploymentQuery(query)));
  }

  async count(query: DeploymentQuery, options?: ApiCallOptions): Promise<number> {
    checkQuery(query, options);
    return this.#context.store.objects("deployment").count(deploymentMatches(query));
  }

  async paginate(query: DeploymentPageQuery, options?: ApiCallOptions): Promise<DeploymentPage> {
    const { page: asked, ...rest } = query;
    const page = asked ?? 1;
    const limit = query.limit ?? DEFAULT_LIMIT;
    const results = await this.filter({ ...rest, limit, offset: (page - 1) * limit }, options);
    const count = await this.count(rest, options);
    return { results, count, limit, pages: limit === 0 ? 0 : Math.ceil(count / limit), page };
  }

  bulkDelete(request: DeploymentsDelete, options?: ApiCallOptions): Promise<{ deleted: string[] }> {
    return this.#context.transaction(options, async (store, moment) => {
      const where = deploymentMatches({ deployments: request.deployments });
      const limit = request.limit ?? MAX_BULK_DELETE;
      const matching = await store.objects("deployment").list({ where, limit, lock: "wait" });
      for (const deployment of matching) await deleteDeployment(store, deployment, moment);
      return { deleted: matching.map(({ id }) => id) };
    });
  }

  async pause(id: string, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      await setPaused(store, { id, paused: true }, moment);
      await deleteUnstartedRuns(store, id, { isAutoScheduled: true });
    });
  }

  async resume(id: string, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, (store, moment) =>
      setPaused(store, { id, paused: false }, moment),
    );
  }

  async workQueues(id: string, options?: ApiCallOptions): Promise<WorkQueue[]> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const place = await findPlace(store, (await findDeployment(store, id)).work_queue_id);
    return place === undefined ? [] : [await toWorkQueue(store, place.queue, place.pool)];
  }

  async schedules(id: string, options?: ApiCallOptions): Promise<DeploymentSchedule[]> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    await findDeployment(store, id);
    return (await listSchedules(store, [id])).map(toSchedule);
  }

  createSchedules(
    id: string,
    schedules: readonly DeploymentScheduleCreate[],
    options?: ApiCallOptions,
  ): Promise<DeploymentSchedule[]> {
    return this.#context.transaction(options, async (store, moment) => {
      const deployment = await findDeployment(store, id);
      const added = await addSchedules(store, id, schedules, moment);
      const from = await schedulable(store, deployment);
      for (const schedule of added) await scheduleNext(store, { ...from, schedule }, moment);
      return added.map(toSchedule);
    });
  }

  async updateSchedule(
    id: string,
    scheduleId: string,
    changes: DeploymentScheduleUpdate,
    options?: ApiCallOptions,
  ): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      const deployment = await findDeployment(store, id);
      await requireSchedule(store, id, scheduleId);
      await changeSchedule(store, scheduleId, changes, moment);
      await deleteUnstartedRuns(store, id, { isAutoScheduled: true, from: moment.now });
      await scheduleAnew(store, deployment, moment);
    });
  }

  async deleteSchedule(id: string, scheduleId: string, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      const deployment = await findDeployment(store, id);
      await requireSchedule(store, id, scheduleId);
      await store.objects("deployment_schedule").delete(scheduleId);
      await deleteUnstartedRuns(store, id, { isAutoScheduled: true });
      await scheduleAnew(store, deployment, moment);
    });
  }

  async schedule(id: string, request: ScheduleRequest, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      const deployment = await findDeployment(store, id);
      const from = canonicalTimestamp(request.start_time ?? moment.now);
      const bounds = {
        minRuns: request.min_runs ?? DEFAULT_BOUNDS.minRuns,
        maxRuns: request.max_runs ?? DEFAULT_BOUNDS.maxRuns,
        minSeconds: request.min_time ?? DEFAULT_BOUNDS.minSeconds,
        maxSeconds:
          request.end_time == null ? DEFAULT_BOUNDS.maxSeconds : secondsBetween(from, request.end_time),
      };
      const job = await schedulable(store, deployment);
      for (const schedule of await listSchedules(store, [id])) {
        if (!schedule.active) continue;
        const dates = await planDates(schedule.schedule, from, bounds);
        await insertRuns(store, { ...job, schedule, dates }, moment);
      }
    });
  }

  async createFlowRun(id: string, run: DeploymentFlowRunCreate, options?: ApiCallOptions): Promise<FlowRun> {
    options?.signal?.throwIfAborted();
    const deployment = await findDeployment(this.#context.store, id);
    const stored = await runDeployment(this.#context, deployment, run, options);
    return withEstimates(stored, this.#context.now());
  }

  async createFlowRuns(
    id: string,
    runs: readonly DeploymentFlowRunCreate[],
    options?: ApiCallOptions,
  ): Promise<BulkFlowRunResult> {
    options?.signal?.throwIfAborted();
    if (runs.length > MAX_BULK_RUNS) {
      throw new UnsuitableRequestError(
        `${runs.length} flow runs cannot be created at once. Send at most ${MAX_BULK_RUNS} at a time.`,
      );
    }
    const deployment = await findDeployment(this.#context.store, id);
    return runDeploymentOften(this.#context, deployment, runs, options);
  }

  async getScheduledFlowRuns(request: ScheduledRunsRequest, options?: ApiCallOptions): Promise<FlowRun[]> {
    checkQuery(request, options);
    const runs = await listDueRuns(this.#context.store, request);
    await markPolled(this.#context, request.deployment_ids, options);
    const now = this.#context.now();
    return runs.map((run) => withEstimates(run, now));
  }
}

async function readDeployment(store: Store, stored: StoredDeployment): Promise<Deployment> {
  const [deployment] = await readDeployments(store, [stored]);
  if (deployment === undefined) throw new ObjectNotFoundError("deployment", stored.id);
  return deployment;
}

async function setPaused(
  store: Store,
  change: { readonly id: string; readonly paused: boolean },
  moment: Moment,
): Promise<void> {
  const { id, paused } = change;
  const stored = await findDeployment(store, id);
  await store.objects("deployment").update(id, { paused, updated: moment.now });
  await scheduleAnew(store, { ...stored, paused }, moment);
  if (stored.paused !== paused) moment.emit(deploymentEvent("updated", stored, moment, ["paused"]));
}

async function requireSchedule(store: Store, deploymentId: string, scheduleId: string): Promise<void> {
  const schedule = await store.objects("deployment_schedule").find(scheduleId);
  if (schedule?.deployment_id !== deploymentId) throw new ObjectNotFoundError("schedule", scheduleId);
}
