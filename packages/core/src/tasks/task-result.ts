/** What happens to a task's value beside being returned: cache, storage, transactions. */
import { isSluiceError, newId } from "@sluice/protocol";
import { type CachePolicy, DEFAULT } from "../caching/cache-policy.ts";
import { resultStore } from "../results/result-settings.ts";
import type { ResultStore } from "../results/result-store.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import { State, type StateData } from "../states/state.ts";
import { Completed, Failed } from "../states/state-factories.ts";
import { currentTransaction } from "../transactions/current-transaction.ts";
import { Transaction } from "../transactions/transaction.ts";
import { secondsOf } from "./duration.ts";
import type { TaskExecution } from "./execute-task-run.ts";
import { fillTemplate } from "./run-name.ts";
import { describe } from "./runner-failure.ts";
import { callContext } from "./task-call-context.ts";

/** The transaction of one task run. */
export interface TaskResult {
  /** The state to end in without running: an earlier result was found. */
  readonly cached: State | undefined;
  /** Runs `work` inside the transaction, so that transactions begun there are its children. */
  around<T>(work: () => T): T;
  /** Ends the transaction as the attempts ended; the state the run ends in. */
  complete(state: State): Promise<State>;
  /** Frees what is held if the run could not be completed. */
  release(): Promise<void>;
}

/**
 * Begins the transaction of a task run (Prefect 3: every task run is one). `undefined` when the run persists nothing,
 * is in no transaction and has no hooks of one: the usual, fast case.
 */
export async function beginTaskResult(execution: TaskExecution): Promise<TaskResult | undefined> {
  const { definition } = execution;
  const persists = persistsResult(execution);
  const hasHooks = definition.onCommit.length > 0 || definition.onRollback.length > 0;
  if (!persists && !hasHooks && currentTransaction() === undefined) return undefined;
  const result = new RunResult(execution, persists ? await keyed(execution) : undefined);
  await result.begin();
  return result;
}

/** Whether the value is written to storage: the task's word, else any cache or result option, else the flow's, else the setting. */
export function persistsResult({ run, definition: { options } }: DefinedRun): boolean {
  if (options.persistResult !== undefined) return options.persistResult;
  const asks =
    options.cachePolicy ??
    options.cacheKey ??
    options.cacheExpiration ??
    options.resultStorage ??
    options.resultSerializer ??
    options.resultStorageKey;
  if (asks !== undefined) return true;
  return run.flowRun?.results.persistResult ?? run.services.settings.results.persistByDefault;
}

/** A task run with the definition that says where its value is kept. */
export type DefinedRun = Pick<TaskExecution, "run" | "definition">;

/** The store that the value of a run is kept in. */
export function resultStoreOf({ run, definition: { options } }: DefinedRun): Promise<ResultStore> {
  const policy = options.cachePolicy ?? DEFAULT;
  return resultStore(
    {
      storage: options.resultStorage ?? run.flowRun?.results.resultStorage,
      serializer: options.resultSerializer ?? run.flowRun?.results.resultSerializer,
      lockManager: policy.lockManager,
      keyStorage: policy.keyStorage,
    },
    run.services,
  );
}

/** Where and under which key the value is kept. */
interface KeyedStore {
  readonly store: ResultStore;
  readonly key: string;
  /** Whether an earlier result of the key is taken: it is not made for this run only, and caching is on. */
  readonly isCached: boolean;
  readonly isolationLevel: CachePolicy["isolationLevel"];
}

async function keyed(execution: TaskExecution): Promise<KeyedStore> {
  const policy = execution.definition.options.cachePolicy ?? DEFAULT;
  const isOff = execution.run.services.settings.tasks.disableCaching;
  const shared = storageKey(execution) ?? (isOff ? undefined : cacheKey(execution, policy));
  return {
    store: await resultStoreOf(execution),
    key: shared ?? newId(),
    isCached: shared !== undefined && !isOff && !policy.isEmpty,
    isolationLevel: policy.isolationLevel,
  };
}

function storageKey(execution: TaskExecution): string | undefined {
  const { definition } = execution;
  const { resultStorageKey } = definition.options;
  if (resultStorageKey === undefined) return undefined;
  const context = callContext(execution);
  return typeof resultStorageKey === "function"
    ? resultStorageKey(context)
    : fillTemplate(resultStorageKey, context.parameters, `Task "${definition.name}": resultStorageKey`);
}

function cacheKey(execution: TaskExecution, policy: CachePolicy): string | undefined {
  const { run, definition, args } = execution;
  if (definition.options.cacheKey !== undefined) return definition.options.cacheKey(callContext(execution));
  return policy.computeKey({
    taskSource: () => definition.source,
    taskName: definition.name,
    taskKey: definition.key,
    inputs: definition.parametersOf(args),
    flowParameters: run.flowRun?.parameters,
    flowRunId: run.flowRun?.id,
    taskRunId: run.id,
  });
}

class RunResult implements TaskResult {
  readonly #execution: TaskExecution;
  readonly #kept: KeyedStore | undefined;
  readonly #transaction: Transaction;

  constructor(execution: TaskExecution, kept: KeyedStore | undefined) {
    const { run, definition } = execution;
    const refreshes = definition.options.refreshCache ?? run.services.settings.tasks.refreshCache;
    this.#execution = execution;
    this.#kept = kept;
    this.#transaction = new Transaction({
      key: kept?.key,
      store: kept?.store,
      isolationLevel: kept?.isolationLevel,
      overwrite: refreshes || kept?.isCached === false,
      logger: run.engineLogger,
      signal: run.signal,
    });
    if (kept?.isCached === true) run.cacheKey = kept.key;
  }

  async begin(): Promise<void> {
    await this.#transaction.begin();
    const expiration = this.#transaction.record?.metadata.expiration;
    if (typeof expiration === "string") this.#execution.run.cacheExpiration = new Date(expiration);
  }

  get cached(): State | undefined {
    const { record } = this.#transaction;
    if (record === undefined) return undefined;
    return new State({ type: "COMPLETED", name: "Cached", data: this.#data(record.value) });
  }

  around<T>(work: () => T): T {
    return this.#transaction.run(work);
  }

  async complete(state: State): Promise<State> {
    const value = await valueToKeep(state);
    if (value === undefined) {
      await this.#transaction.fail();
      return state;
    }
    this.#stage(value.value);
    try {
      await this.#transaction.end();
    } catch (error) {
      const cause = (isSluiceError(error, "TRANSACTION") && error.cause) || error;
      return Failed({ message: `The task's result could not be persisted: ${describe(cause)}`, data: cause });
    }
    const { type, name, message, details } = state;
    const words = this.#transaction.isRolledBack ? ROLLED_BACK : { type, name, message, details };
    return new State({ ...words, data: this.#data(value.value) });
  }

  async release(): Promise<void> {
    await this.#transaction.fail();
  }

  #stage(value: unknown): void {
    const { definition, run } = this.#execution;
    const expiration = expirationOf({ definition, run });
    if (this.#kept?.isCached === true) run.cacheExpiration = expiration;
    this.#transaction.stage(value, {
      expiration,
      onCommit: definition.onCommit,
      onRollback: [() => enterRolledBack(run), ...definition.onRollback],
    });
  }

  /** The value with its reference; without the value when it is in storage and need not be held. */
  #data(value: unknown): StateData {
    const { reference } = this.#transaction;
    const store = this.#kept?.store;
    const dropsValue = this.#execution.definition.options.cacheResultInMemory === false;
    if (dropsValue && reference !== undefined && store !== undefined && this.#transaction.isWritten) {
      const read = async (): Promise<unknown> => (await store.read(reference.storage_key)).value;
      return { kind: "stored", reference, read };
    }
    return { kind: "value", value, reference };
  }
}

const ROLLED_BACK = {
  type: "COMPLETED",
  name: "RolledBack",
  message: "Its transaction was rolled back.",
} as const;

/** A run that has ended gets one more state; one that is still ending gets it as its final state. */
function enterRolledBack(run: TaskRun): void {
  if (run.state?.isFinal() === true)
    run.enter(Completed({ name: ROLLED_BACK.name, message: ROLLED_BACK.message }));
}

async function valueToKeep(state: State): Promise<{ readonly value: unknown } | undefined> {
  return state.isCompleted() ? { value: await state.result() } : undefined;
}

/** Counted from the end of the work, so that a result of long work does not expire before it is there. */
function expirationOf({ run, definition }: DefinedRun): Date | undefined {
  const { cacheExpiration } = definition.options;
  if (cacheExpiration === undefined) return undefined;
  return new Date(run.services.clock.nowUs() / 1000 + secondsOf(cacheExpiration) * 1000);
}
