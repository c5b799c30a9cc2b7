/** The history of the schema on SQLite. Entries are never changed once released, only added. */
import type { Migration } from "../schema/migration.ts";
import { DASHBOARD_INDEXES } from "./dashboard-indexes-migration.ts";
import { EVENT_COUNTS } from "./event-counts-migration.ts";
import { NAME_PARTS } from "./name-parts-migration.ts";
import { RUN_COUNTS } from "./run-counts-migration.ts";

/** As `isLive` (tables/live-state.ts) says it, without the table's name, which an index cannot have. */
const IS_LIVE = "coalesce(state_type, '') NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')";

/**
 * Kept short on the hot tables (task runs, states, logs), where every task pays for every index. Text is compared by bytes,
 * which is by code point; identifiers and instants are text.
 */
const HISTORY: Migration = {
  name: "flows, runs, states and logs",
  up: `
CREATE TABLE flow (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  name TEXT NOT NULL UNIQUE,
  tags TEXT NOT NULL,
  labels TEXT
);
CREATE TABLE flow_run (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  name TEXT NOT NULL,
  flow_id TEXT NOT NULL,
  state_id TEXT,
  state_type TEXT,
  state_name TEXT,
  deployment_id TEXT,
  deployment_version TEXT,
  work_queue_id TEXT,
  work_queue_name TEXT,
  work_pool_id TEXT,
  work_pool_name TEXT,
  flow_version TEXT,
  idempotency_key TEXT,
  parent_task_run_id TEXT,
  run_count INTEGER NOT NULL,
  expected_start_time TEXT,
  next_scheduled_start_time TEXT,
  start_time TEXT,
  end_time TEXT,
  total_run_time REAL NOT NULL,
  auto_scheduled INTEGER NOT NULL,
  infrastructure_document_id TEXT,
  infrastructure_pid TEXT,
  created_by TEXT,
  empirical_policy TEXT NOT NULL,
  tags TEXT NOT NULL,
  labels TEXT NOT NULL,
  job_variables TEXT,
  context TEXT NOT NULL,
  parameters TEXT NOT NULL
);
CREATE UNIQUE INDEX flow_run_idempotency ON flow_run (flow_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX flow_run_flow ON flow_run (flow_id, expected_start_time, id);
CREATE INDEX flow_run_expected_start ON flow_run (expected_start_time, id);
CREATE INDEX flow_run_start ON flow_run (coalesce(start_time, expected_start_time), id);
CREATE INDEX flow_run_end ON flow_run (end_time, id);
CREATE INDEX flow_run_next_scheduled ON flow_run (next_scheduled_start_time, id)
  WHERE next_scheduled_start_time IS NOT NULL;
CREATE INDEX flow_run_name ON flow_run (name, id);
CREATE INDEX flow_run_parent ON flow_run (parent_task_run_id) WHERE parent_task_run_id IS NOT NULL;
CREATE INDEX flow_run_live ON flow_run (state_type, id) WHERE ${IS_LIVE};
CREATE TABLE flow_run_state (
  flow_run_id TEXT NOT NULL REFERENCES flow_run (id),
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  timestamp TEXT NOT NULL,
  message TEXT,
  data TEXT,
  state_details TEXT NOT NULL,
  PRIMARY KEY (flow_run_id, id)
) WITHOUT ROWID;
CREATE TABLE flow_run_lease (
  flow_run_id TEXT PRIMARY KEY NOT NULL REFERENCES flow_run (id),
  owner_host TEXT NOT NULL,
  owner_pid INTEGER NOT NULL,
  owner_process_started_at REAL NOT NULL,
  last_heartbeat_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE task_run (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  name TEXT NOT NULL,
  flow_run_id TEXT,
  task_key TEXT NOT NULL,
  dynamic_key TEXT NOT NULL,
  cache_key TEXT,
  cache_expiration TEXT,
  task_version TEXT,
  empirical_policy TEXT NOT NULL,
  tags TEXT NOT NULL,
  labels TEXT NOT NULL,
  state_id TEXT,
  state_type TEXT,
  state_name TEXT,
  state_timestamp TEXT,
  task_inputs TEXT NOT NULL,
  run_count INTEGER NOT NULL,
  flow_run_run_count INTEGER NOT NULL,
  expected_start_time TEXT,
  next_scheduled_start_time TEXT,
  start_time TEXT,
  end_time TEXT,
  total_run_time REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX task_run_key ON task_run (flow_run_id, task_key, dynamic_key);
CREATE INDEX task_run_expected_start ON task_run (expected_start_time, id);
CREATE INDEX task_run_live ON task_run (state_type, flow_run_id) WHERE ${IS_LIVE};
CREATE TABLE task_run_state (
  task_run_id TEXT NOT NULL,
  id TEXT NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  timestamp TEXT NOT NULL,
  message TEXT,
  data TEXT,
  state_details TEXT NOT NULL,
  PRIMARY KEY (task_run_id, id)
) WITHOUT ROWID;
CREATE TABLE log (
  flow_run_id TEXT NOT NULL,
  timestamp TEXT NOT NULL,
  id TEXT NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  name TEXT NOT NULL,
  level INTEGER NOT NULL,
  message TEXT NOT NULL,
  task_run_id TEXT,
  PRIMARY KEY (flow_run_id, timestamp, id)
) WITHOUT ROWID;
CREATE INDEX log_timestamp ON log (timestamp, id);
CREATE INDEX log_task_run ON log (task_run_id, timestamp, id) WHERE task_run_id IS NOT NULL;
`,
  down: `
DROP TABLE log;
DROP TABLE task_run_state;
DROP TABLE task_run;
DROP TABLE flow_run_lease;
DROP TABLE flow_run_state;
DROP TABLE flow_run;
DROP TABLE flow;
`,
};

const SERVER: Migration = {
  name: "deployments, work pools, concurrency limits, artifacts, events",
  up: `
UPDATE log SET flow_run_id = '00000000-0000-0000-0000-000000000000' WHERE flow_run_id = '';
DROP INDEX flow_run_flow;
CREATE INDEX flow_run_flow ON flow_run (flow_id, coalesce(start_time, expected_start_time), id);
CREATE INDEX flow_run_deployment ON flow_run (deployment_id, coalesce(start_time, expected_start_time), id)
  WHERE deployment_id IS NOT NULL;
DROP INDEX flow_run_live;
CREATE INDEX flow_run_live ON flow_run (state_type, next_scheduled_start_time, id) WHERE ${IS_LIVE};
CREATE INDEX flow_run_deployment_live ON flow_run (deployment_id, state_type, next_scheduled_start_time) WHERE ${IS_LIVE};
CREATE INDEX flow_run_queue_live ON flow_run (work_queue_id, state_type, next_scheduled_start_time) WHERE ${IS_LIVE};
DROP INDEX flow_run_next_scheduled;
CREATE INDEX flow_run_state_start ON flow_run (state_type, coalesce(start_time, expected_start_time), id);
CREATE TABLE deployment (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT,
  description TEXT,
  flow_id TEXT NOT NULL,
  paused INTEGER NOT NULL,
  concurrency_limit_id TEXT,
  concurrency_options TEXT,
  job_variables TEXT NOT NULL,
  parameters TEXT NOT NULL,
  tags TEXT NOT NULL,
  labels TEXT NOT NULL,
  work_queue_id TEXT,
  last_polled TEXT,
  parameter_openapi_schema TEXT,
  enforce_parameter_schema INTEGER NOT NULL,
  path TEXT,
  entrypoint TEXT,
  pull_steps TEXT,
  storage_document_id TEXT,
  infrastructure_document_id TEXT,
  created_by TEXT,
  updated_by TEXT,
  status TEXT NOT NULL
);
CREATE TABLE deployment_schedule (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  deployment_id TEXT NOT NULL,
  schedule TEXT NOT NULL,
  active INTEGER NOT NULL,
  max_scheduled_runs INTEGER,
  parameters TEXT NOT NULL,
  slug TEXT,
  scheduled_until TEXT,
  next_scheduling_time TEXT
);
CREATE TABLE work_pool (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  type TEXT NOT NULL,
  base_job_template TEXT NOT NULL,
  is_paused INTEGER NOT NULL,
  concurrency_limit INTEGER,
  status TEXT NOT NULL,
  default_queue_id TEXT,
  storage_configuration TEXT NOT NULL
);
CREATE TABLE work_queue (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  is_paused INTEGER NOT NULL,
  concurrency_limit INTEGER,
  priority INTEGER NOT NULL,
  work_pool_id TEXT NOT NULL,
  last_polled TEXT,
  status TEXT NOT NULL
);
CREATE TABLE worker (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  name TEXT NOT NULL,
  work_pool_id TEXT NOT NULL,
  last_heartbeat_time TEXT NOT NULL,
  heartbeat_interval_seconds INTEGER,
  status TEXT NOT NULL
);
CREATE TABLE concurrency_limit (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  active INTEGER NOT NULL,
  name TEXT NOT NULL,
  "limit" INTEGER NOT NULL,
  active_slots INTEGER NOT NULL,
  denied_slots INTEGER NOT NULL,
  slot_decay_per_second REAL NOT NULL,
  avg_slot_occupancy_seconds REAL NOT NULL
);
CREATE TABLE concurrency_lease (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  limit_ids TEXT NOT NULL,
  slots INTEGER NOT NULL,
  holder TEXT,
  expiration TEXT NOT NULL
);
CREATE TABLE flow_run_input (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  flow_run_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  sender TEXT
);
CREATE TABLE variable (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT,
  tags TEXT NOT NULL
);
CREATE TABLE artifact (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  key TEXT,
  type TEXT,
  description TEXT,
  data TEXT,
  metadata_ TEXT,
  flow_run_id TEXT,
  task_run_id TEXT
);
CREATE TABLE artifact_collection (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  key TEXT NOT NULL,
  latest_id TEXT NOT NULL
);
CREATE TABLE configuration (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT
);
CREATE UNIQUE INDEX deployment_name ON deployment (flow_id, name);
CREATE INDEX deployment_queue ON deployment (work_queue_id) WHERE work_queue_id IS NOT NULL;
CREATE UNIQUE INDEX deployment_schedule_slug ON deployment_schedule (deployment_id, slug);
CREATE INDEX deployment_schedule_due ON deployment_schedule (next_scheduling_time) WHERE next_scheduling_time IS NOT NULL;
CREATE UNIQUE INDEX work_pool_name ON work_pool (name);
CREATE UNIQUE INDEX work_queue_name ON work_queue (work_pool_id, name);
CREATE UNIQUE INDEX worker_name ON worker (work_pool_id, name);
CREATE UNIQUE INDEX concurrency_limit_name ON concurrency_limit (name);
CREATE INDEX concurrency_lease_expiration ON concurrency_lease (expiration);
CREATE UNIQUE INDEX flow_run_input_key ON flow_run_input (flow_run_id, key);
CREATE UNIQUE INDEX variable_name ON variable (name);
CREATE INDEX artifact_key ON artifact (key, updated, id) WHERE key IS NOT NULL;
CREATE INDEX artifact_flow_run ON artifact (flow_run_id) WHERE flow_run_id IS NOT NULL;
CREATE INDEX artifact_task_run ON artifact (task_run_id) WHERE task_run_id IS NOT NULL;
CREATE UNIQUE INDEX artifact_collection_key ON artifact_collection (key);
CREATE UNIQUE INDEX configuration_key ON configuration (key);
CREATE TABLE event (
  id TEXT PRIMARY KEY NOT NULL,
  occurred TEXT NOT NULL,
  received TEXT NOT NULL,
  event TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  resource TEXT NOT NULL,
  related TEXT NOT NULL,
  payload TEXT NOT NULL,
  follows TEXT
);
CREATE INDEX event_occurred ON event (occurred, id);
CREATE INDEX event_name ON event (event, occurred, id);
CREATE INDEX event_resource_id ON event (resource_id, occurred, id);
CREATE TABLE event_resource (
  resource_id TEXT NOT NULL,
  occurred TEXT NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (resource_id, occurred, event_id)
) WITHOUT ROWID;
`,
  down: `
DROP TABLE event_resource;
DROP TABLE event;
DROP TABLE configuration;
DROP TABLE artifact_collection;
DROP TABLE artifact;
DROP TABLE variable;
DROP TABLE flow_run_input;
DROP TABLE concurrency_lease;
DROP TABLE concurrency_limit;
DROP TABLE worker;
DROP TABLE work_queue;
DROP TABLE work_pool;
DROP TABLE deployment_schedule;
DROP TABLE deployment;
CREATE INDEX flow_run_next_scheduled ON flow_run (next_scheduled_start_time, id)
  WHERE next_scheduled_start_time IS NOT NULL;
DROP INDEX flow_run_live;
CREATE INDEX flow_run_live ON flow_run (state_type, id) WHERE ${IS_LIVE};
DROP INDEX flow_run_queue_live;
DROP INDEX flow_run_state_start;
DROP INDEX flow_run_deployment_live;
DROP INDEX flow_run_deployment;
DROP INDEX flow_run_flow;
CREATE INDEX flow_run_flow ON flow_run (flow_id, expected_start_time, id);
UPDATE log SET flow_run_id = '' WHERE flow_run_id = '00000000-0000-0000-0000-000000000000';
`,
};

const STATES_AND_CACHE: Migration = {
  name: "states by their id, results by their cache key",
  up: `
CREATE INDEX flow_run_state_id ON flow_run_state (id);
CREATE INDEX task_run_state_id ON task_run_state (id);
CREATE INDEX task_run_cache_key ON task_run (substr(cache_key, 1, 500), end_time)
  WHERE cache_key IS NOT NULL AND state_type = 'COMPLETED' AND state_name <> 'Cached';
`,
  down: `
DROP INDEX task_run_cache_key;
DROP INDEX task_run_state_id;
DROP INDEX flow_run_state_id;
`,
};

const BLOCKS: Migration = {
  name: "blocks",
  up: `
CREATE TABLE block_type (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  name TEXT NOT NULL,
  slug TEXT NOT NULL,
  logo_url TEXT,
  documentation_url TEXT,
  description TEXT,
  code_example TEXT,
  is_protected INTEGER NOT NULL
);
CREATE TABLE block_schema (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  checksum TEXT NOT NULL,
  fields TEXT NOT NULL,
  block_type_id TEXT NOT NULL,
  capabilities TEXT NOT NULL,
  version TEXT NOT NULL
);
CREATE TABLE block_document (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  name TEXT NOT NULL,
  data TEXT NOT NULL,
  key_id TEXT,
  block_schema_id TEXT NOT NULL,
  block_type_id TEXT NOT NULL,
  block_type_name TEXT NOT NULL,
  is_anonymous INTEGER NOT NULL
);
CREATE TABLE block_document_reference (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  parent_block_document_id TEXT NOT NULL,
  reference_block_document_id TEXT NOT NULL,
  name TEXT NOT NULL
);
CREATE UNIQUE INDEX block_type_slug ON block_type (slug);
CREATE UNIQUE INDEX block_schema_checksum ON block_schema (checksum, version);
CREATE INDEX block_schema_type ON block_schema (block_type_id);
CREATE UNIQUE INDEX block_document_name ON block_document (block_type_id, name);
CREATE INDEX block_document_schema ON block_document (block_schema_id);
CREATE UNIQUE INDEX block_document_reference_name ON block_document_reference (parent_block_document_id, name);
CREATE INDEX block_document_reference_target ON block_document_reference (reference_block_document_id);
`,
  down: `
DROP TABLE block_document_reference;
DROP TABLE block_document;
DROP TABLE block_schema;
DROP TABLE block_type;
`,
};

const SAVED_SEARCHES: Migration = {
  name: "saved searches",
  up: `
CREATE TABLE saved_search (
  id TEXT PRIMARY KEY NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  name TEXT NOT NULL,
  filters TEXT NOT NULL
);
CREATE UNIQUE INDEX saved_search_name ON saved_search (name);
`,
  down: "DROP TABLE saved_search;",
};

export const MIGRATIONS: readonly Migration[] = [
  HISTORY,
  SERVER,
  STATES_AND_CACHE,
  BLOCKS,
  EVENT_COUNTS,
  SAVED_SEARCHES,
  RUN_COUNTS,
  DASHBOARD_INDEXES,
  NAME_PARTS,
];
