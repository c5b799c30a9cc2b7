/** The history of the schema on PostgreSQL. Entries are never changed once released, only added. */
import type { Migration } from "../schema/migration.ts";
import { DASHBOARD_INDEXES } from "./dashboard-indexes-migration.ts";
import { EVENT_COUNTS } from "./event-counts-migration.ts";
import { RUN_COUNTS } from "./run-counts-migration.ts";

/** As `isLive` (tables/live-state.ts) says it, without the table's name, which an index cannot have. */
const IS_LIVE = "coalesce(state_type, '') NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')";

/** Compared by code point, as everywhere in Sluice, whatever the collation of the database. */
const TEXT = 'text COLLATE "C"';

/**
 * Kept short on the hot tables (task runs, states, logs), where every task pays for every index. Ids are `uuid` (16 bytes
 * in rows and indexes instead of 37), instants `timestamptz`, JSON that is searched `jsonb`, other JSON `json`, which
 * keeps what was sent to the letter. Where instants may be missing, indexes have them newest first and missing ones last,
 * which is how people look at runs; PostgreSQL can go through an index in that order only when it was made in it. The hot
 * tables have no foreign keys: what a row belongs to may come after it.
 */
const HISTORY: Migration = {
  name: "flows, runs, states and logs",
  up: `
CREATE TABLE flow (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  name ${TEXT} NOT NULL UNIQUE,
  tags jsonb NOT NULL,
  labels json
);
CREATE TABLE flow_run (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  name ${TEXT} NOT NULL,
  flow_id uuid NOT NULL,
  state_id uuid,
  state_type ${TEXT},
  state_name ${TEXT},
  deployment_id uuid,
  deployment_version ${TEXT},
  work_queue_id uuid,
  work_queue_name ${TEXT},
  work_pool_id uuid,
  work_pool_name ${TEXT},
  flow_version ${TEXT},
  idempotency_key ${TEXT},
  parent_task_run_id uuid,
  run_count integer NOT NULL,
  expected_start_time timestamptz,
  next_scheduled_start_time timestamptz,
  start_time timestamptz,
  end_time timestamptz,
  total_run_time float8 NOT NULL,
  auto_scheduled boolean NOT NULL,
  infrastructure_document_id uuid,
  infrastructure_pid ${TEXT},
  created_by json,
  empirical_policy json NOT NULL,
  tags jsonb NOT NULL,
  labels json NOT NULL,
  job_variables json,
  context json NOT NULL,
  parameters json NOT NULL
);
CREATE UNIQUE INDEX flow_run_idempotency ON flow_run (flow_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX flow_run_flow ON flow_run (flow_id, expected_start_time DESC NULLS LAST, id DESC);
CREATE INDEX flow_run_deployment ON flow_run (deployment_id, expected_start_time DESC NULLS LAST, id DESC) WHERE deployment_id IS NOT NULL;
CREATE INDEX flow_run_expected_start ON flow_run (expected_start_time DESC NULLS LAST, id DESC);
CREATE INDEX flow_run_start ON flow_run (coalesce(start_time, expected_start_time) DESC NULLS LAST, id DESC);
CREATE INDEX flow_run_state_start ON flow_run (state_type, coalesce(start_time, expected_start_time) DESC NULLS LAST, id DESC);
CREATE INDEX flow_run_end ON flow_run (end_time DESC NULLS LAST, id DESC);
CREATE INDEX flow_run_name ON flow_run (name, id);
CREATE INDEX flow_run_parent ON flow_run (parent_task_run_id) WHERE parent_task_run_id IS NOT NULL;
CREATE INDEX flow_run_tags ON flow_run USING gin (tags jsonb_path_ops);
CREATE INDEX flow_run_live ON flow_run (state_type, next_scheduled_start_time, id) WHERE ${IS_LIVE};
CREATE INDEX flow_run_deployment_live ON flow_run (deployment_id, state_type, next_scheduled_start_time) WHERE ${IS_LIVE};
CREATE INDEX flow_run_queue_live ON flow_run (work_queue_id, state_type, next_scheduled_start_time) WHERE ${IS_LIVE};
CREATE TABLE flow_run_state (
  flow_run_id uuid NOT NULL,
  id uuid NOT NULL,
  type ${TEXT} NOT NULL,
  name ${TEXT} NOT NULL,
  timestamp timestamptz NOT NULL,
  message ${TEXT},
  data json,
  state_details json NOT NULL,
  PRIMARY KEY (flow_run_id, id)
);
CREATE TABLE flow_run_lease (
  flow_run_id uuid PRIMARY KEY,
  owner_host ${TEXT} NOT NULL,
  owner_pid bigint NOT NULL,
  owner_process_started_at float8 NOT NULL,
  last_heartbeat_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE TABLE task_run (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  name ${TEXT} NOT NULL,
  flow_run_id uuid,
  task_key ${TEXT} NOT NULL,
  dynamic_key ${TEXT} NOT NULL,
  cache_key ${TEXT},
  cache_expiration timestamptz,
  task_version ${TEXT},
  empirical_policy json NOT NULL,
  tags jsonb NOT NULL,
  labels json NOT NULL,
  state_id uuid,
  state_type ${TEXT},
  state_name ${TEXT},
  state_timestamp timestamptz,
  task_inputs json NOT NULL,
  run_count integer NOT NULL,
  flow_run_run_count integer NOT NULL,
  expected_start_time timestamptz,
  next_scheduled_start_time timestamptz,
  start_time timestamptz,
  end_time timestamptz,
  total_run_time float8 NOT NULL
);
CREATE INDEX task_run_key ON task_run (flow_run_id, task_key, dynamic_key);
CREATE INDEX task_run_expected_start ON task_run (expected_start_time DESC NULLS LAST, id DESC);
CREATE INDEX task_run_live ON task_run (state_type, flow_run_id) WHERE ${IS_LIVE};
CREATE TABLE task_run_state (
  task_run_id uuid NOT NULL,
  id uuid NOT NULL,
  type ${TEXT} NOT NULL,
  name ${TEXT} NOT NULL,
  timestamp timestamptz NOT NULL,
  message ${TEXT},
  data json,
  state_details json NOT NULL,
  PRIMARY KEY (task_run_id, id)
);
CREATE TABLE log (
  flow_run_id uuid NOT NULL,
  timestamp timestamptz NOT NULL,
  id uuid NOT NULL,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  name ${TEXT} NOT NULL,
  level integer NOT NULL,
  message ${TEXT} NOT NULL,
  task_run_id uuid,
  PRIMARY KEY (flow_run_id, timestamp, id)
);
CREATE INDEX log_timestamp ON log (timestamp, id);
CREATE INDEX log_task_run ON log (task_run_id, timestamp, id) WHERE task_run_id IS NOT NULL;
`,
  down: "DROP TABLE log, task_run_state, task_run, flow_run_lease, flow_run_state, flow_run, flow;",
};

const SERVER: Migration = {
  name: "deployments, work pools, concurrency limits, artifacts, events",
  up: `
CREATE TABLE deployment (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  name ${TEXT} NOT NULL,
  version ${TEXT},
  description ${TEXT},
  flow_id uuid NOT NULL,
  paused boolean NOT NULL,
  concurrency_limit_id uuid,
  concurrency_options json,
  job_variables json NOT NULL,
  parameters json NOT NULL,
  tags jsonb NOT NULL,
  labels json NOT NULL,
  work_queue_id uuid,
  last_polled timestamptz,
  parameter_openapi_schema json,
  enforce_parameter_schema boolean NOT NULL,
  path ${TEXT},
  entrypoint ${TEXT},
  pull_steps json,
  storage_document_id uuid,
  infrastructure_document_id uuid,
  created_by json,
  updated_by json,
  status ${TEXT} NOT NULL
);
CREATE TABLE deployment_schedule (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  deployment_id uuid NOT NULL,
  schedule json NOT NULL,
  active boolean NOT NULL,
  max_scheduled_runs integer,
  parameters json NOT NULL,
  slug ${TEXT},
  scheduled_until timestamptz,
  next_scheduling_time timestamptz
);
CREATE TABLE work_pool (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  name ${TEXT} NOT NULL,
  description ${TEXT},
  type ${TEXT} NOT NULL,
  base_job_template json NOT NULL,
  is_paused boolean NOT NULL,
  concurrency_limit integer,
  status ${TEXT} NOT NULL,
  default_queue_id uuid,
  storage_configuration json NOT NULL
);
CREATE TABLE work_queue (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  name ${TEXT} NOT NULL,
  description ${TEXT},
  is_paused boolean NOT NULL,
  concurrency_limit integer,
  priority integer NOT NULL,
  work_pool_id uuid NOT NULL,
  last_polled timestamptz,
  status ${TEXT} NOT NULL
);
CREATE TABLE worker (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  name ${TEXT} NOT NULL,
  work_pool_id uuid NOT NULL,
  last_heartbeat_time timestamptz NOT NULL,
  heartbeat_interval_seconds integer,
  status ${TEXT} NOT NULL
);
CREATE TABLE concurrency_limit (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  active boolean NOT NULL,
  name ${TEXT} NOT NULL,
  "limit" integer NOT NULL,
  active_slots integer NOT NULL,
  denied_slots integer NOT NULL,
  slot_decay_per_second float8 NOT NULL,
  avg_slot_occupancy_seconds float8 NOT NULL
);
CREATE TABLE concurrency_lease (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  limit_ids jsonb NOT NULL,
  slots integer NOT NULL,
  holder json,
  expiration timestamptz NOT NULL
);
CREATE TABLE flow_run_input (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  flow_run_id uuid NOT NULL,
  key ${TEXT} NOT NULL,
  value ${TEXT} NOT NULL,
  sender ${TEXT}
);
CREATE TABLE variable (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  name ${TEXT} NOT NULL,
  value json,
  tags jsonb NOT NULL
);
CREATE TABLE artifact (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  key ${TEXT},
  type ${TEXT},
  description ${TEXT},
  data json,
  metadata_ json,
  flow_run_id uuid,
  task_run_id uuid
);
CREATE TABLE artifact_collection (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  key ${TEXT} NOT NULL,
  latest_id uuid NOT NULL
);
CREATE TABLE configuration (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  key ${TEXT} NOT NULL,
  value json
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
CREATE INDEX deployment_tags ON deployment USING gin (tags jsonb_path_ops);
CREATE TABLE event (
  id uuid PRIMARY KEY,
  occurred timestamptz NOT NULL,
  received timestamptz NOT NULL,
  event ${TEXT} NOT NULL,
  resource_id ${TEXT} NOT NULL,
  resource json NOT NULL,
  related json NOT NULL,
  payload json NOT NULL,
  follows uuid
);
CREATE INDEX event_occurred ON event (occurred, id);
CREATE INDEX event_name ON event (event, occurred, id);
CREATE INDEX event_resource_id ON event (resource_id, occurred, id);
CREATE TABLE event_resource (
  resource_id ${TEXT} NOT NULL,
  occurred timestamptz NOT NULL,
  event_id uuid NOT NULL,
  PRIMARY KEY (resource_id, occurred, event_id)
);
`,
  down: `
DROP TABLE event_resource, event, configuration, artifact_collection, artifact, variable, flow_run_input, concurrency_lease, concurrency_limit, worker, work_queue, work_pool, deployment_schedule, deployment;
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
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  name ${TEXT} NOT NULL,
  slug ${TEXT} NOT NULL,
  logo_url ${TEXT},
  documentation_url ${TEXT},
  description ${TEXT},
  code_example ${TEXT},
  is_protected boolean NOT NULL
);
CREATE TABLE block_schema (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  checksum ${TEXT} NOT NULL,
  fields json NOT NULL,
  block_type_id uuid NOT NULL,
  capabilities jsonb NOT NULL,
  version ${TEXT} NOT NULL
);
CREATE TABLE block_document (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  name ${TEXT} NOT NULL,
  data ${TEXT} NOT NULL,
  key_id ${TEXT},
  block_schema_id uuid NOT NULL,
  block_type_id uuid NOT NULL,
  block_type_name ${TEXT} NOT NULL,
  is_anonymous boolean NOT NULL
);
CREATE TABLE block_document_reference (
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  parent_block_document_id uuid NOT NULL,
  reference_block_document_id uuid NOT NULL,
  name ${TEXT} NOT NULL
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
  id uuid PRIMARY KEY,
  created timestamptz NOT NULL,
  updated timestamptz NOT NULL,
  name ${TEXT} NOT NULL,
  filters json NOT NULL
);
CREATE UNIQUE INDEX saved_search_name ON saved_search (name);
`,
  down: "DROP TABLE saved_search;",
};

const EVENTS_WITH_RESOURCE: Migration = {
  name: "events with their resource by time",
  up: `
DROP INDEX event_occurred;
CREATE INDEX event_occurred ON event (occurred, id) INCLUDE (resource_id);
`,
  down: `
DROP INDEX event_occurred;
CREATE INDEX event_occurred ON event (occurred, id);
`,
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
  EVENTS_WITH_RESOURCE,
];
