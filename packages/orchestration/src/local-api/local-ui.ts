/** What Prefect's user interface asks for, in process. */
import {
  type ApiCallOptions,
  type EndedTaskRuns,
  type FlowIds,
  type FlowRunIds,
  InvalidRequestError,
  type NextFlowRun,
  ObjectNotFoundError,
  type SchemaCheck,
  type SchemaVerdict,
  STATE_TYPES,
  type StateType,
  type TaskRunCountsQuery,
  type TaskRunStateCounts,
  TERMINAL_STATE_TYPES,
  type UiApi,
  type UiFlowRun,
  type UiFlowRunQuery,
  type UiTaskRun,
} from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import { taskRunWithEstimates, withEstimates } from "../estimates.ts";
import { taskRunMatches } from "../filters/noun-filters.ts";
import { flowRunQuery } from "../filters/run-queries.ts";
import { join } from "../filters/wire-filter.ts";
import { findMismatch } from "../parameters/parameter-schema.ts";
import type { StoredFlowRun, StoredTaskRun } from "../stored-nouns.ts";
import { canonicalTimestamp, secondsBetween } from "../timestamp.ts";
import { hydrateParameters } from "./deployments/deployment-parameters.ts";
import type { LocalContext } from "./local-context.ts";

const MAX_RUNS = 1000;
const DASHBOARD_SPANS = 20;
const FAILED_TYPES: readonly StateType[] = ["FAILED", "CRASHED"];

/** Figures of many objects at once. */
export class LocalUi implements UiApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async flowRunHistory(query: UiFlowRunQuery, options?: ApiCallOptions): Promise<UiFlowRun[]> {
    options?.signal?.throwIfAborted();
    const { where, ...rest } = flowRunQuery({ ...query, sort: query.sort ?? "EXPECTED_START_TIME_DESC" });
    const hasStarted: Condition<StoredFlowRun> = {
      type: "is-missing",
      member: "start_time",
      expected: false,
    };
    const runs = await this.#context.store.flowRuns.list({
      ...rest,
      where: join<StoredFlowRun>("and_", [where, hasStarted]),
      limit: query.limit ?? MAX_RUNS,
    });
    const now = this.#context.now();
    return runs.flatMap((run) => toPoint(run, now));
  }

  async countTaskRuns(
    { flow_run_ids: ids }: FlowRunIds,
    options?: ApiCallOptions,
  ): Promise<Record<string, number>> {
    options?.signal?.throwIfAborted();
    const where = { type: "one-of", member: "flow_run_id", values: ids } as const;
    return countsOf(ids, await this.#context.store.taskRuns.countBy("flow_run_id", where));
  }

  async countDeployments(
    { flow_ids: ids }: FlowIds,
    options?: ApiCallOptions,
  ): Promise<Record<string, number>> {
    options?.signal?.throwIfAborted();
    const where = { type: "one-of", member: "flow_id", values: ids } as const;
    return countsOf(ids, await this.#context.store.objects("deployment").countBy("flow_id", where));
  }

  async nextRuns(
    { flow_ids: ids }: FlowIds,
    options?: ApiCallOptions,
  ): Promise<Record<string, NextFlowRun | null>> {
    options?.signal?.throwIfAborted();
    const next = await Promise.all(ids.map(async (id) => [id, await this.#nextRun(id)] as const));
    return Object.fromEntries(next);
  }

  async dashboardTaskRuns(query: TaskRunCountsQuery, options?: ApiCallOptions): Promise<EndedTaskRuns[]> {
    options?.signal?.throwIfAborted();
    const { after_: after, before_: before } = query.task_runs?.start_time ?? {};
    if (!after)
      throw new InvalidRequestError("The counts need task_runs.start_time.after_, where they begin.");
    const now = this.#context.now();
    const origin = canonicalTimestamp(after);
    const seconds = Math.max(1, secondsBetween(origin, canonicalTimestamp(before ?? now)) / DASHBOARD_SPANS);
    const hasEnded: Condition<StoredTaskRun> = {
      type: "one-of",
      member: "state_type",
      values: TERMINAL_STATE_TYPES,
    };
    const where = join<StoredTaskRun>("and_", [taskRunMatches(query), hasEnded]);
    const tallies = await this.#context.store.taskRuns.tally({
      where,
      by: "start_time",
      origin,
      seconds,
      now,
    });
    const spans = Array.from({ length: DASHBOARD_SPANS }, () => ({ completed: 0, failed: 0 }));
    for (const { bucket, stateType, count } of tallies) {
      // What starts at the end belongs to the last span.
      const span = spans[Math.min(bucket, DASHBOARD_SPANS - 1)];
      if (span === undefined || stateType === null) continue;
      if (FAILED_TYPES.includes(stateType)) span.failed += count;
      else span.completed += count;
    }
    return spans;
  }

  async countTaskRunStates(query: TaskRunCountsQuery, options?: ApiCallOptions): Promise<TaskRunStateCounts> {
    options?.signal?.throwIfAborted();
    const counts = await this.#context.store.taskRuns.countBy("state_type", taskRunMatches(query));
    // Every type of state is there.
    return Object.fromEntries(STATE_TYPES.map((type) => [type, counts.get(type) ?? 0])) as TaskRunStateCounts;
  }

  async taskRun(id: string, options?: ApiCallOptions): Promise<UiTaskRun> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const run = await store.taskRuns.find(id);
    if (run === undefined) throw new ObjectNotFoundError("task run", id);
    const flowRun = run.flow_run_id === null ? undefined : await store.flowRuns.find(run.flow_run_id);
    return { ...taskRunWithEstimates(run, this.#context.now()), flow_run_name: flowRun?.name ?? null };
  }

  async checkSchema({ schema, values }: SchemaCheck, options?: ApiCallOptions): Promise<SchemaVerdict> {
    options?.signal?.throwIfAborted();
    const mismatch = await findMismatch(await hydrateParameters(this.#context.store, values), schema);
    return { valid: mismatch === undefined, errors: mismatch === undefined ? [] : [mismatch] };
  }

  async #nextRun(flowId: string): Promise<NextFlowRun | null> {
    const [run] = await this.#context.store.flowRuns.list({
      where: {
        type: "all",
        conditions: [
          { type: "equals", member: "flow_id", value: flowId },
          { type: "one-of", member: "state_type", values: ["SCHEDULED"] },
        ],
      },
      orderBy: [{ member: "next_scheduled_start_time", direction: "asc" }],
      limit: 1,
    });
    if (!run?.state || run.next_scheduled_start_time === null) return null;
    return {
      id: run.id,
      flow_id: flowId,
      name: run.name,
      state_name: run.state.name,
      state_type: run.state.type,
      next_scheduled_start_time: run.next_scheduled_start_time,
    };
  }
}

function toPoint(run: StoredFlowRun, now: string): UiFlowRun[] {
  const { id, state_type, start_time, estimated_run_time, estimated_start_time_delta } = withEstimates(
    run,
    now,
  );
  if (state_type === null || start_time === null) return [];
  return [
    {
      id,
      state_type,
      timestamp: start_time,
      duration: estimated_run_time,
      lateness: estimated_start_time_delta,
    },
  ];
}

function countsOf(ids: readonly string[], counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(ids.map((id) => [id, counts.get(id) ?? 0]));
}
