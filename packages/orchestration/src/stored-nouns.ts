/** Every noun a store keeps, under the name of its table, as it is kept: without members that are computed or joined when read. */
import type {
  Artifact,
  BlockDocument,
  BlockSchema,
  BlockType,
  ConcurrencyLease,
  ConcurrencyLimit,
  Deployment,
  DeploymentSchedule,
  Event,
  Flow,
  FlowRun,
  FlowRunInput,
  Log,
  SavedSearch,
  TaskRun,
  Variable,
  Worker,
  WorkPool,
  WorkQueue,
} from "@sluice/protocol";

/** Members that are computed when a run is read, not stored. */
export type ComputedMembers = "estimated_run_time" | "estimated_start_time_delta";
export type StoredFlowRun = Omit<FlowRun, ComputedMembers>;
export type StoredTaskRun = Omit<TaskRun, ComputedMembers>;

/** With what it is looked for by. */
export type StoredEvent = Event & {
  readonly resource_id: string;
  /** Of its resource and of all related ones. */
  readonly resource_ids: readonly string[];
};

/** Without its schedules, its limit (`deployment:<id>`) and what its queue tells of the pool. */
export type StoredDeployment = Omit<
  Deployment,
  "schedules" | "concurrency_limit" | "global_concurrency_limit" | "work_pool_name" | "work_queue_name"
> & {
  /** The limit that it shares with others, or its own. */
  readonly concurrency_limit_id: string | null;
};
/** With what the scheduler has done for it. */
export type StoredDeploymentSchedule = DeploymentSchedule & {
  /** The latest date that has a run; null when none has. */
  readonly scheduled_until: string | null;
  /** When the scheduler has to look again; null while nothing is to be scheduled. */
  readonly next_scheduling_time: string | null;
};
export type StoredWorkPool = Omit<WorkPool, "status" | "active_slots"> & {
  readonly status: "READY" | "NOT_READY";
};
export type StoredWorkQueue = Omit<WorkQueue, "work_pool_name" | "status" | "active_slots"> & {
  readonly status: "READY" | "NOT_READY";
};

/** The artifacts of one key, as versions of one thing. */
export interface ArtifactCollection {
  readonly id: string;
  readonly created: string;
  readonly updated: string;
  readonly key: string;
  /** The newest of them. */
  readonly latest_id: string;
}

/** One setting of the installation, such as the default storage of results. */
export interface Configuration {
  readonly id: string;
  readonly created: string;
  readonly updated: string;
  readonly key: string;
  readonly value: unknown;
}

export type StoredBlockSchema = Omit<BlockSchema, "block_type" | "block_type_id"> & {
  readonly block_type_id: string;
};

/** Without its schema, its type and what it refers to. */
export type StoredBlockDocument = Pick<
  BlockDocument,
  "id" | "created" | "updated" | "block_schema_id" | "block_type_id" | "is_anonymous"
> & {
  readonly name: string;
  readonly block_type_name: string;
  /** The JSON of its data without references, sealed (`SecretSealer`). */
  readonly data: string;
  /** The key that `data` is sealed with; null when it is not. */
  readonly key_id: string | null;
};

/** A member of a document's data that is another document. */
export interface BlockDocumentReference {
  readonly id: string;
  readonly created: string;
  readonly parent_block_document_id: string;
  readonly reference_block_document_id: string;
  /** The member. */
  readonly name: string;
}

export interface StoredNouns {
  readonly flow: Flow;
  readonly flow_run: StoredFlowRun;
  readonly task_run: StoredTaskRun;
  readonly log: Log;
  readonly event: StoredEvent;
  readonly deployment: StoredDeployment;
  readonly deployment_schedule: StoredDeploymentSchedule;
  readonly work_pool: StoredWorkPool;
  readonly work_queue: StoredWorkQueue;
  readonly worker: Worker;
  readonly concurrency_limit: ConcurrencyLimit;
  readonly concurrency_lease: ConcurrencyLease;
  readonly flow_run_input: FlowRunInput;
  readonly variable: Variable;
  readonly artifact: Artifact;
  readonly artifact_collection: ArtifactCollection;
  readonly configuration: Configuration;
  readonly saved_search: SavedSearch;
  readonly block_type: BlockType;
  readonly block_schema: StoredBlockSchema;
  readonly block_document: StoredBlockDocument;
  readonly block_document_reference: BlockDocumentReference;
}

/** The nouns kept alike, in an `ObjectStore`. */
export type ObjectNoun = Exclude<keyof StoredNouns, "flow" | "flow_run" | "task_run" | "log" | "event">;

/** What makes an object of each noun unique beside its id. */
export const UNIQUE_KEYS: {
  readonly [N in ObjectNoun]: readonly (readonly (keyof StoredNouns[N] & string)[])[];
} = {
  deployment: [["flow_id", "name"]],
  deployment_schedule: [["deployment_id", "slug"]],
  work_pool: [["name"]],
  work_queue: [["work_pool_id", "name"]],
  worker: [["work_pool_id", "name"]],
  concurrency_limit: [["name"]],
  concurrency_lease: [],
  flow_run_input: [["flow_run_id", "key"]],
  variable: [["name"]],
  artifact: [],
  artifact_collection: [["key"]],
  configuration: [["key"]],
  saved_search: [["name"]],
  block_type: [["slug"]],
  block_schema: [["checksum", "version"]],
  block_document: [["block_type_id", "name"]],
  block_document_reference: [["parent_block_document_id", "name"]],
};
