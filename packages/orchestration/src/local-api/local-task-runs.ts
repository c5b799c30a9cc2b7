/** Task runs of the in-process API. */
import {
  type ApiCallOptions,
  ConflictError,
  ObjectNotFoundError,
  type OrchestrationResult,
  type RunHistoryQuery,
  type RunHistorySpan,
  type StateCreate,
  type TaskRun,
  type TaskRunCreate,
  type TaskRunPage,
  type TaskRunPageQuery,
  type TaskRunQuery,
  type TaskRunRecord,
  type TaskRunsApi,
  type TaskRunUpdate,
  type WireState,
} from "@sluice/protocol";
import { releaseTagSlots } from "../concurrency/tag-slots.ts";
import { taskRunWithEstimates } from "../estimates.ts";
import { taskRunMatches } from "../filters/noun-filters.ts";
import { taskRunQuery } from "../filters/run-queries.ts";
import { join } from "../filters/wire-filter.ts";
import { jsonCopy } from "../json-copy.ts";
import { backgroundTaskPolicy, coreTaskPolicy } from "../policies.ts";
import type { Store } from "../store.ts";
import type { StoredTaskRun } from "../stored-nouns.ts";
import type { TaskRunRule } from "../verdict.ts";
import type { LocalContext } from "./local-context.ts";
import { newTaskRun } from "./new-runs.ts";
import { pageOfAll } from "./pages.ts";
import { toProposal } from "./proposals.ts";
import { proposeTaskRunState } from "./propose-task-run-state.ts";
import { checkQuery, givenMembers } from "./requests.ts";
import { expectedBetween, runHistory } from "./run-history.ts";
import { tellTaskRunState } from "./tell.ts";

/** Makes and finds task runs, and takes the records of engines. */
export class LocalTaskRuns implements TaskRunsApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async create(create: TaskRunCreate, options?: ApiCallOptions): Promise<TaskRun> {
    const run = await this.#context.transaction(options, async (store, moment) => {
      await requireFlowRun(store, create.flow_run_id);
      const { run: stored, created } = await store.taskRuns.insert(newTaskRun(create, moment));
      if (created && stored.state !== null)
        tellTaskRunState(stored, { before: null, after: stored.state }, moment);
      return stored;
    });
    return taskRunWithEstimates(run, this.#context.now());
  }

  async record(records: readonly TaskRunRecord[], options?: ApiCallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    if (records.length > 0) await this.#context.store.taskRuns.record(records, this.#context.now());
  }

  async get(id: string, options?: ApiCallOptions): Promise<TaskRun> {
    options?.signal?.throwIfAborted();
    return taskRunWithEstimates(await this.#find(id), this.#context.now());
  }

  async update(id: string, changes: TaskRunUpdate, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      const isThere = await store.taskRuns.update(id, { ...givenMembers(changes), updated: moment.now });
      if (!isThere) throw new ObjectNotFoundError("task run", id);
    });
  }

  async delete(id: string, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      const run = await store.taskRuns.find(id);
      if (run === undefined) throw new ObjectNotFoundError("task run", id);
      await releaseTagSlots(store, { run }, moment);
      await store.taskRuns.delete(id);
    });
  }

  setState(
    id: string,
    proposal: { readonly state: StateCreate; readonly force?: boolean },
    options?: ApiCallOptions,
  ): Promise<OrchestrationResult> {
    return this.#context.transaction(options, async (store, moment) => {
      const run = await store.taskRuns.find(id);
      if (run === undefined) throw new ObjectNotFoundError("task run", id);
      const state = toProposal(jsonCopy(proposal.state));
      return proposeTaskRunState(store, { run, state, policy: policyOf(run, proposal.force) }, moment);
    });
  }

  async states(id: string, options?: ApiCallOptions): Promise<WireState[]> {
    options?.signal?.throwIfAborted();
    await this.#find(id);
    return this.#context.store.taskRuns.listStates(id);
  }

  async getState(id: string, options?: ApiCallOptions): Promise<WireState> {
    options?.signal?.throwIfAborted();
    const state = await this.#context.store.taskRuns.findState(id);
    if (state === undefined) throw new ObjectNotFoundError("state of a task run", id);
    return state;
  }

  async filter(query: TaskRunQuery, options?: ApiCallOptions): Promise<TaskRun[]> {
    checkQuery(query, options);
    const runs = await this.#context.store.taskRuns.list(taskRunQuery(query));
    const now = this.#context.now();
    return runs.map((run) => taskRunWithEstimates(run, now));
  }

  async count(query: TaskRunQuery, options?: ApiCallOptions): Promise<number> {
    checkQuery(query, options);
    return this.#context.store.taskRuns.count(taskRunQuery(query).where);
  }

  paginate(query: TaskRunPageQuery, options?: ApiCallOptions): Promise<TaskRunPage> {
    return pageOfAll(this, query, options);
  }

  async history(query: RunHistoryQuery, options?: ApiCallOptions): Promise<RunHistorySpan[]> {
    options?.signal?.throwIfAborted();
    return runHistory<StoredTaskRun>(query, {
      tally: (tallied) => this.#context.store.taskRuns.tally(tallied),
      where: (filters, from, to) =>
        join<StoredTaskRun>("and_", [taskRunMatches(filters), ...expectedBetween<StoredTaskRun>(from, to)]),
      now: this.#context.now(),
    });
  }

  async #find(id: string): Promise<StoredTaskRun> {
    const run = await this.#context.store.taskRuns.find(id);
    if (run === undefined) throw new ObjectNotFoundError("task run", id);
    return run;
  }
}

/** A forced state is written in any case. */
function policyOf(run: StoredTaskRun, isForced: boolean | undefined): readonly TaskRunRule[] {
  if (isForced === true) return [];
  return run.state?.state_details.deferred === true ? backgroundTaskPolicy : coreTaskPolicy;
}

async function requireFlowRun(store: Store, id: string | null | undefined): Promise<void> {
  if (id === null || id === undefined || (await store.flowRuns.find(id)) !== undefined) return;
  throw new ConflictError(
    `A task run cannot be created in flow run ${id}, which does not exist. Create the flow run first.`,
  );
}
