/** Task runs of the in-process API. */
import {
  type ApiCallOptions,
  ConflictError,
  ObjectNotFoundError,
  type TaskRun,
  type TaskRunCreate,
  type TaskRunQuery,
  type TaskRunRecord,
  type TaskRunsApi,
  type WireState,
} from "@sluice/protocol";
import { taskRunWithEstimates } from "../estimates.ts";
import { taskRunQuery } from "../filters/run-queries.ts";
import type { Store } from "../store.ts";
import type { StoredTaskRun } from "../stored-nouns.ts";
import type { LocalContext } from "./local-context.ts";
import { newTaskRun } from "./new-runs.ts";
import { checkQuery } from "./requests.ts";
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

  async states(id: string, options?: ApiCallOptions): Promise<WireState[]> {
    options?.signal?.throwIfAborted();
    await this.#find(id);
    return this.#context.store.taskRuns.listStates(id);
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

  async #find(id: string): Promise<StoredTaskRun> {
    const run = await this.#context.store.taskRuns.find(id);
    if (run === undefined) throw new ObjectNotFoundError("task run", id);
    return run;
  }
}

async function requireFlowRun(store: Store, id: string | null | undefined): Promise<void> {
  if (id === null || id === undefined || (await store.flowRuns.find(id)) !== undefined) return;
  throw new ConflictError(
    `A task run cannot be created in flow run ${id}, which does not exist. Create the flow run first.`,
  );
}
