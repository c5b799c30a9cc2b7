/**
 * Where history is kept. A store reads and writes; it decides nothing (the rules do) and invents nothing (ids,
 * timestamps and computed members come from the caller). Implementations: memory (here), SQLite and PostgreSQL
 * (`@sluice/store`); all pass `storeSuite`.
 *
 * Values: what is given is copied, what is handed out belongs to the caller. Lists take a condition, an order and a page
 * (`conditions.ts`); text is ordered by code point.
 *
 * Durability: a resolved write outside a transaction, and a resolved `transaction`, survive the death of the process.
 * Conditions such as a busy file are waited for inside the store; what cannot be helped by waiting is a
 * `HistoryUnavailableError` that names the place and the remedy.
 */
import {
  type Event,
  type FlowRunHeartbeat,
  type RunOwner,
  SluiceError,
  type StateType,
  type TaskRunRecord,
  type WireState,
} from "@sluice/protocol";
import type { Condition, MemberOf, ObjectQuery } from "./conditions.ts";
import type { ObjectNoun, StoredEvent, StoredFlowRun, StoredNouns, StoredTaskRun } from "./stored-nouns.ts";

/** A live flow run that a process vouches for by heartbeats. Instants are ISO 8601. */
export interface LeasedFlowRun {
  readonly id: string;
  readonly owner: RunOwner;
  readonly lastHeartbeatAt: string;
  /** When nobody vouches for the run any more unless another heartbeat comes. */
  readonly leaseExpiresAt: string;
}

/** `transaction` was called on the store that a transaction works on. */
export class NestedTransactionError extends SluiceError {
  constructor(location: string) {
    super(
      "UNSUPPORTED_OPERATION",
      `A transaction was started inside a transaction of the history in ${location}. Use the store of the outer one.`,
      { details: { location } },
    );
  }
}

/**
 * Lets one write of a transaction go on beside what follows. It is waited for before the transaction ends, and fails it
 * when it fails; over a network it saves waiting for the answer.
 */
export type BeginWrite = (write: Promise<unknown>) => void;

export interface TransactionOptions {
  /**
   * Id of the one flow run that the work finds and writes. Where it pays, works of different runs then share a
   * transaction of the database; they still happen or fail each by itself. Default: the work shares with nobody.
   */
  readonly sharedBy?: string | undefined;
}

/** A history: nouns that share their transactions. */
export interface Store {
  /** Where this is, for people: a file path, a URL, or `memory`. */
  readonly location: string;
  readonly flows: FlowStore;
  readonly flowRuns: FlowRunStore;
  readonly taskRuns: TaskRunStore;
  readonly logs: LogStore;
  readonly events: EventStore;
  /** The nouns that need nothing of their own. */
  objects<N extends ObjectNoun>(noun: N): ObjectStore<StoredNouns[N]>;
  /**
   * Runs `work` so that all of its writes happen or none; rejects with what `work` throws. What `work` found by id (or
   * listed with `lock`) through its `store` argument stays as it is until the transaction ends, and nobody else sees half
   * of it. `work` uses its argument only, and not after it ended; it may be run again from the beginning when it got in
   * the way of another, so it changes nothing but the store. `transaction` of its argument is a `NestedTransactionError`.
   */
  transaction<T>(
    work: (store: Store, begin: BeginWrite) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  close(): Promise<void>;
}

/** What can be listed. */
export interface Listing<T> {
  list(query: ObjectQuery<T>): Promise<T[]>;
  count(where?: Condition<T>): Promise<number>;
  /** How many objects have each value of a member; missing values do not count. */
  countBy(member: MemberOf<T>, where?: Condition<T>): Promise<ReadonlyMap<string, number>>;
}

/** Which runs to tally, in spans of time of equal length. */
export interface RunTallyQuery<T> {
  readonly where?: Condition<T> | undefined;
  /** The instant that says to which span a run belongs; runs without it belong to none. */
  readonly by: "expected_start_time" | "start_time" | "end_time";
  readonly origin: string;
  readonly seconds: number;
  /** The instant of asking, until when runs that go on have gone on. */
  readonly now: string;
}

/** The runs in one state in one span of time. */
export interface RunTally {
  /** Index of the span; 0 begins at the origin. */
  readonly bucket: number;
  readonly stateType: StateType | null;
  readonly stateName: string | null;
  readonly count: number;
  /** Sum of `estimated_run_time`. */
  readonly runTimeSeconds: number;
  /** Sum of `estimated_start_time_delta`. */
  readonly latenessSeconds: number;
}

/** Objects of one noun. */
export interface ObjectStore<T extends { readonly id: string }> extends Listing<T> {
  /** Inserts, unless one with this id or one of the noun's unique keys exists: then that one is given back. */
  insert(object: T): Promise<{ object: T; created: boolean }>;
  find(id: string): Promise<T | undefined>;
  /**
   * Writes the members present; says whether there is such an object.
   * @throws {ConflictError} when another object has one of its unique keys.
   */
  update(id: string, changes: Partial<T>): Promise<boolean>;
  delete(id: string): Promise<boolean>;
}

/** Flows by id and name. */
export interface FlowStore extends Listing<StoredNouns["flow"]> {
  /** Writes the members present; says whether there is such a flow. Its name stays. */
  update(id: string, changes: Partial<Omit<StoredNouns["flow"], "id" | "name">>): Promise<boolean>;
  /** Deletes the flow, but nothing that refers to it. */
  delete(id: string): Promise<boolean>;
  /** Inserts, unless a flow of this name exists: then that one is given back unchanged. */
  insert(flow: StoredNouns["flow"]): Promise<{ flow: StoredNouns["flow"]; created: boolean }>;
  find(id: string): Promise<StoredNouns["flow"] | undefined>;
}

/** Flow runs with their states and leases. */
export interface FlowRunStore extends Listing<StoredFlowRun> {
  /** Inserts with its state, unless a run with this id, or the same `(flow_id, idempotency_key)`, exists: then that one is given back. */
  insert(run: StoredFlowRun): Promise<{ run: StoredFlowRun; created: boolean }>;
  find(id: string): Promise<StoredFlowRun | undefined>;
  /** Writes the members present; when `state` is present it becomes the current state and a row of the state history. */
  update(id: string, changes: Partial<StoredFlowRun>): Promise<boolean>;
  /** Deletes the run with its states, task runs, their states, and logs. */
  delete(id: string): Promise<boolean>;
  /** Oldest first: by timestamp, then id. */
  listStates(id: string): Promise<WireState[]>;
  /** A state that some run had, by the state's own id. */
  findState(id: string): Promise<WireState | undefined>;
  /** By span and state, in no order. */
  tally(query: RunTallyQuery<StoredFlowRun>): Promise<RunTally[]>;
  /**
   * Sets owner, last heartbeat (`now`) and lease end of these runs; ids that are not stored, or of runs in a state that
   * `endsLease`, are ignored. A run that enters such a state loses its lease.
   */
  renewLeases(beat: FlowRunHeartbeat, now: string): Promise<void>;
  /** Runs that have a lease, ended or not. Costs what is alive, not what is stored. */
  listLeased(): Promise<LeasedFlowRun[]>;
}

/** Task runs with their states. */
export interface TaskRunStore extends Listing<StoredTaskRun> {
  /**
   * Inserts with its state, unless one with this id, or the same `(flow_run_id, task_key, dynamic_key)` within a flow
   * run, exists: then that one is given back. `record` goes by id alone.
   */
  insert(run: StoredTaskRun): Promise<{ run: StoredTaskRun; created: boolean }>;
  find(id: string): Promise<StoredTaskRun | undefined>;
  /** As `FlowRunStore.update`. */
  update(id: string, changes: Partial<StoredTaskRun>): Promise<boolean>;
  /** Deletes the run with its states. */
  delete(id: string): Promise<boolean>;
  /**
   * Upserts many runs by id and adds their states; the hot path of the whole system. `now` becomes `created`/`updated`.
   * States are known by id, so a repeated record changes nothing. States are ordered by timestamp, then id: a record
   * whose newest state is not newer than the stored current state, or that has none, adds its states but does not touch
   * a run that exists, and what it does not know of
   * `task_version`, `cache_key`, `cache_expiration`, `expected_start_time` and `start_time` (null) stays as it was. Labels
   * are those of the first record. A record of a flow run that is not stored does not fail the batch.
   */
  record(records: readonly TaskRunRecord[], now: string): Promise<void>;
  /** Oldest first: by timestamp, then id. */
  listStates(id: string): Promise<WireState[]>;
  /** A state that some run had, by the state's own id. */
  findState(id: string): Promise<WireState | undefined>;
  /** As `FlowRunStore.tally`. */
  tally(query: RunTallyQuery<StoredTaskRun>): Promise<RunTally[]>;
  /**
   * The run that ended last of those that are COMPLETED with this cache key, whose `cache_expiration` is after `now` or
   * missing; not one named `Cached`, which took its result from another.
   */
  findCached(cacheKey: string, now: string): Promise<StoredTaskRun | undefined>;
  /** Ids of the task runs of a flow run that have not ended. */
  listUnfinished(flowRunId: string): Promise<string[]>;
}

/** Log lines of runs. */
export interface LogStore {
  /** Inserts; a line whose id exists is ignored. */
  insert(logs: readonly StoredNouns["log"][]): Promise<void>;
  list(query: ObjectQuery<StoredNouns["log"]>): Promise<StoredNouns["log"][]>;
  /** Deletes the oldest lines of that instant and before, at most `limit`; gives how many. */
  deleteOlder(instant: string, limit: number): Promise<number>;
}

/** Where an event is in the order of events: by `occurred`, then id. */
export interface EventPosition {
  readonly occurred: string;
  readonly id: string;
}

/** A page of the events that match, in their order or backwards. */
export interface EventListQuery {
  readonly where?: Condition<StoredEvent> | undefined;
  readonly direction: "asc" | "desc";
  /** Only what comes after this, in the direction asked for. */
  readonly after?: EventPosition | undefined;
  /** Only the newest of the events that match of each resource. */
  readonly isDistinct?: boolean | undefined;
  readonly limit: number;
}

/** How often something occurs. */
export interface EventTally {
  /** Name of the events, or id of their resource. */
  readonly value: string;
  readonly count: number;
  readonly first: string;
  readonly last: string;
}

/** Where buckets of time begin, and how long they are. */
export interface EventBuckets {
  readonly where?: Condition<StoredEvent> | undefined;
  readonly origin: string;
  readonly seconds: number;
}

/** What happened. */
export interface EventStore {
  /** Inserts; gives those whose id was not known, in the order given. */
  insert(events: readonly Event[]): Promise<readonly Event[]>;
  list(query: EventListQuery): Promise<Event[]>;
  /** Counts up to `limit`, so that it costs no more than that. */
  count(where: Condition<StoredEvent> | undefined, limit: number): Promise<number>;
  /** What is most frequent first, then by value; at most `limit`. */
  tally(query: {
    readonly where?: Condition<StoredEvent> | undefined;
    readonly by: "event" | "resource_id";
    readonly limit: number;
  }): Promise<EventTally[]>;
  /** Index of each bucket that has events (0 begins at the origin) → how many. */
  countByTime(buckets: EventBuckets): Promise<ReadonlyMap<number, number>>;
  /** The names of events that are stored, each once, in order. Costs what names there are, not what events. */
  listNames(): Promise<string[]>;
  /** Deletes the oldest events that match, at most `limit`; gives how many. */
  delete(where: Condition<StoredEvent>, limit: number): Promise<number>;
}
