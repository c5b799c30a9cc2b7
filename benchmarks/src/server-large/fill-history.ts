/** Years of work in minutes: flow runs with their states, and events. */
import type { SqlWriter } from "./sql-writer.ts";

export interface HistorySize {
  readonly runs: number;
  readonly events: number;
}

export const FLOWS = 100;
/** The kinds of ids. */
const FLOW = "f10a";
const RUN = "4a11";
const STATE = "57a7";
const EVENT = "e7e4";
const TASK_RUN = "7a51";
const TASK_STATE = "7a57";

const DAY_SECONDS = 86_400;
/** Runs of a quarter; events of the week that they are kept. */
const RUN_DAYS = 90;
const EVENT_DAYS = 7;
const RUN_SECONDS = 30;
const CHUNK = 250_000;
const EVENT_NAMES = ["Scheduled", "Pending", "Running", "Completed"].map(
  (name) => `prefect.flow-run.${name}`,
);

/** The id of the flow with a number from 1 to `FLOWS`, as `fillHistory` gives it. */
export function flowId(number: number): string {
  return idOf(FLOW, number);
}

/** The id of the flow run with a number from 1, the oldest, as `fillHistory` gives it. */
export function flowRunId(number: number): string {
  return idOf(RUN, number);
}

/** Fills an empty history with the newest schema; `now` is when its newest run began. */
export async function fillHistory(sql: SqlWriter, size: HistorySize, now: Date): Promise<void> {
  await sql.run(flowRows(sql, now));
  await inChunks(size.runs, async (first, last) => {
    await sql.run(flowRunRows(sql, { first, last, runs: size.runs, now }));
    await sql.run(stateRows(sql, { first, last, runs: size.runs, now }));
    await sql.run(taskRunRows(sql, { first, last, runs: size.runs, now }));
    await sql.run(taskRunStateRows(sql, { first, last, runs: size.runs, now }));
  });
  await inChunks(size.events, async (first, last) => {
    await sql.run(eventRows(sql, { first, last, ...size, now }));
    await sql.run(eventResourceRows(sql, { first, last, ...size, now }));
  });
  await sql.settle();
}

interface Rows {
  readonly first: number;
  readonly last: number;
  readonly runs: number;
  readonly now: Date;
}

interface EventRows extends Rows {
  readonly events: number;
}

function flowRows(sql: SqlWriter, now: Date): string {
  const instant = sql.instant(`${now.getTime() / 1000}`);
  return `INSERT INTO flow (id, created, updated, name, tags, labels)
    SELECT ${sql.id(FLOW, "n")}, ${instant}, ${instant}, 'flow-' || n, '[]', '{}' FROM ${sql.numbers(1, FLOWS)}`;
}

/** One in fifty fails; the newest hundred run. */
const stateType = (runs: number): string =>
  `CASE WHEN n > ${runs - 100} THEN 'RUNNING' WHEN n % 50 = 0 THEN 'FAILED' ELSE 'COMPLETED' END`;
const stateName = (runs: number): string =>
  `CASE WHEN n > ${runs - 100} THEN 'Running' WHEN n % 50 = 0 THEN 'Failed' ELSE 'Completed' END`;
const flowNumber = `(n % ${FLOWS}) + 1`;

function startSeconds({ runs, now }: Rows): string {
  return `${now.getTime() / 1000 - RUN_DAYS * DAY_SECONDS} + n * ${(RUN_DAYS * DAY_SECONDS) / runs}`;
}

function flowRunRows(sql: SqlWriter, rows: Rows): string {
  const start = sql.instant(startSeconds(rows));
  const end = sql.instant(`${startSeconds(rows)} + ${RUN_SECONDS}`);
  const isRunning = `n > ${rows.runs - 100}`;
  const values: Readonly<Record<string, string>> = {
    id: sql.id(RUN, "n"),
    created: start,
    updated: start,
    name: "'swift-otter-' || n",
    flow_id: sql.id(FLOW, flowNumber),
    state_id: sql.id(STATE, "n"),
    state_type: stateType(rows.runs),
    state_name: stateName(rows.runs),
    run_count: "1",
    expected_start_time: start,
    start_time: start,
    end_time: `CASE WHEN ${isRunning} THEN NULL ELSE ${end} END`,
    total_run_time: `${RUN_SECONDS}`,
    auto_scheduled: sql.boolean(false),
    empirical_policy: `'{"max_retries":0,"retry_delay_seconds":0,"retries":0,"retry_delay":0,"pause_keys":[]}'`,
    tags: sql.json(`'["nightly","team-' || (n % 20) || '"]'`),
    labels: "'{}'",
    context: "'{}'",
    parameters: `'{"path":"data/today","count":3}'`,
  };
  const columns = Object.keys(values).join(", ");
  return `INSERT INTO flow_run (${columns}) SELECT ${Object.values(values).join(", ")} FROM ${sql.numbers(rows.first, rows.last)}`;
}

function stateRows(sql: SqlWriter, rows: Rows): string {
  return `INSERT INTO flow_run_state (flow_run_id, id, type, name, timestamp, message, state_details)
    SELECT ${sql.id(RUN, "n")}, ${sql.id(STATE, "n")}, ${stateType(rows.runs)}, ${stateName(rows.runs)},
      ${sql.instant(startSeconds(rows))}, NULL, '{}'
    FROM ${sql.numbers(rows.first, rows.last)}`;
}

/** A task run of each flow run, in the same state at the same time. */
function taskRunRows(sql: SqlWriter, rows: Rows): string {
  const start = sql.instant(startSeconds(rows));
  const values: Readonly<Record<string, string>> = {
    id: sql.id(TASK_RUN, "n"),
    created: start,
    updated: start,
    name: "'load-' || (n % 1000)",
    flow_run_id: sql.id(RUN, "n"),
    task_key: "'load-1a2b3c4d'",
    dynamic_key: sql.idText(TASK_RUN, "n"),
    empirical_policy: `'{"max_retries":0,"retry_delay_seconds":0,"retries":0,"retry_delay":0}'`,
    tags: sql.json("'[]'"),
    labels: "'{}'",
    state_id: sql.id(TASK_STATE, "n"),
    state_type: stateType(rows.runs),
    state_name: stateName(rows.runs),
    state_timestamp: start,
    task_inputs: "'{}'",
    run_count: "1",
    flow_run_run_count: "1",
    expected_start_time: start,
    start_time: start,
    end_time: `CASE WHEN n > ${rows.runs - 100} THEN NULL ELSE ${start} END`,
    total_run_time: "0.1",
  };
  const columns = Object.keys(values).join(", ");
  return `INSERT INTO task_run (${columns}) SELECT ${Object.values(values).join(", ")} FROM ${sql.numbers(rows.first, rows.last)}`;
}

function taskRunStateRows(sql: SqlWriter, rows: Rows): string {
  return `INSERT INTO task_run_state (task_run_id, id, type, name, timestamp, message, state_details)
    SELECT ${sql.id(TASK_RUN, "n")}, ${sql.id(TASK_STATE, "n")}, ${stateType(rows.runs)}, ${stateName(rows.runs)},
      ${sql.instant(startSeconds(rows))}, NULL, '{}'
    FROM ${sql.numbers(rows.first, rows.last)}`;
}

/** Each run tells as many events, one run after another. */
const runNumber = ({ runs, events }: EventRows): string => `((n * ${Math.max(1, runs)}) / ${events + 1}) + 1`;

function occurredSeconds({ events, now }: EventRows): string {
  return `${now.getTime() / 1000 - EVENT_DAYS * DAY_SECONDS} + n * ${(EVENT_DAYS * DAY_SECONDS) / events}`;
}

function eventRows(sql: SqlWriter, rows: EventRows): string {
  const run = sql.idText(RUN, runNumber(rows));
  const flow = sql.idText(FLOW, flowNumber);
  const occurred = sql.instant(occurredSeconds(rows));
  const name = `CASE n % 4 ${EVENT_NAMES.map((event, index) => `WHEN ${index} THEN '${event}'`).join(" ")} END`;
  return `INSERT INTO event (id, occurred, received, event, resource_id, resource, related, payload, follows)
    SELECT ${sql.id(EVENT, "n")}, ${occurred}, ${occurred}, ${name}, 'prefect.flow-run.' || ${run},
      ${sql.json(`'{"prefect.resource.id":"prefect.flow-run.' || ${run} || '","prefect.resource.name":"swift-otter","prefect.state-type":"RUNNING"}'`)},
      ${sql.json(`'[{"prefect.resource.id":"prefect.flow.' || ${flow} || '","prefect.resource.role":"flow"}]'`)},
      '{"intended":{"from":"PENDING","to":"RUNNING"}}', NULL
    FROM ${sql.numbers(rows.first, rows.last)}`;
}

function eventResourceRows(sql: SqlWriter, rows: EventRows): string {
  const occurred = sql.instant(occurredSeconds(rows));
  const resources = [
    `'prefect.flow-run.' || ${sql.idText(RUN, runNumber(rows))}`,
    `'prefect.flow.' || ${sql.idText(FLOW, flowNumber)}`,
  ];
  const selections = resources.map(
    (resource) =>
      `SELECT ${resource}, ${occurred}, ${sql.id(EVENT, "n")} FROM ${sql.numbers(rows.first, rows.last)}`,
  );
  return selections
    .map((selection) => `INSERT INTO event_resource (resource_id, occurred, event_id) ${selection}`)
    .join("; ");
}

async function inChunks(count: number, write: (first: number, last: number) => Promise<void>): Promise<void> {
  for (let first = 1; first <= count; first += CHUNK) {
    await write(first, Math.min(count, first + CHUNK - 1));
  }
}

function idOf(kind: string, number: number): string {
  return `0190${kind}-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
}
