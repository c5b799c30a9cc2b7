/** The schema's history: entry n brings a file from version n to n + 1. Entries are never changed, only added. */

/** As `isLive` (tables/live-state.ts) says it, without the table's name, which an index cannot have. */
const IS_LIVE = "coalesce(state_type, '') NOT IN ('COMPLETED', 'FAILED', 'CANCELLED', 'CRASHED')";

/**
 * Kept short on the hot tables (task runs, states, logs), where every task pays for every index. Text is compared by bytes,
 * which is by code point; identifiers and instants are text.
 */
const HISTORY = `
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
`;

export const MIGRATIONS: readonly string[] = [HISTORY];
